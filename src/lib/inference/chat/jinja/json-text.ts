import { look, make, repeated, spend } from "./budget.js";
import { floatText } from "./print.js";
import { Float, isText, itemsOf, TemplateError, textOf, typeName, type Key, type Value } from "./values.js";
import { compareTexts } from "./compare.js";

/** How JSON is written, by the names of Python's json.dumps. */
export interface JsonStyle {
  /** Characters beyond ASCII as \u escapes. */
  ascii: boolean;
  /** Put before every item of a line of its own, once for each level; undefined for one line. */
  indent: string | undefined;
  /** Between items, and between a key and its value. */
  separators: readonly [item: string, key: string];
  sortKeys: boolean;
}

/** A value as JSON, written as Python's json.dumps writes it. Throws TemplateError for what JSON cannot say. */
export function toJson(value: Value, style: JsonStyle, depth = 0): string {
  spend(1);
  if (value === null) return "null";
  if (typeof value === "boolean") return String(value);
  if (isText(value)) return quote(textOf(value), style.ascii);
  if (value instanceof Float) return jsonNumber(value.value);
  if (typeof value === "number") return String(value);
  const items = itemsOf(value);
  if (items) return enclose("[]", items, (item) => toJson(item, style, depth + 1), { style, depth });
  if (!(value instanceof Map)) throw new TemplateError(`Object of type ${typeName(value)} is not JSON serializable`);
  const entries = [...value];
  if (style.sortKeys) entries.sort(([a], [b]) => compareTexts(keyText(a), keyText(b)));
  const write = ([key, one]: [Key, Value]) => quote(keyText(key), style.ascii) + style.separators[1] + toJson(one, style, depth + 1);
  return enclose("{}", entries, write, { style, depth });
}

function enclose<T>(brackets: string, items: readonly T[], write: (item: T) => string, where: { style: JsonStyle; depth: number }): string {
  const { style, depth } = where;
  if (items.length === 0) return brackets;
  const { indent, separators } = style;
  const line = (level: number) => (indent === undefined ? "" : `\n${repeated(indent, level)}`);
  const [parts, between] = [items.map(write), separators[0] + line(depth + 1)];
  make(parts.reduce((sum, part) => sum + part.length + between.length, 0));
  const inner = parts.join(between);
  return brackets.charAt(0) + line(depth + 1) + inner + line(depth) + brackets.charAt(1);
}

function jsonNumber(value: number): string {
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "Infinity" : "-Infinity";
  return floatText(value);
}

function keyText(key: Key): string {
  if (typeof key === "string") return key;
  if (key === null) return "null";
  return typeof key === "number" && !Number.isInteger(key) ? floatText(key) : String(key);
}

const SHORT: Readonly<Record<string, string>> = {
  '"': '\\"',
  "\\": "\\\\",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
  "\f": "\\f",
  "\b": "\\b",
};
const CONTROL = new RegExp('["\\\\\\u0000-\\u001f]', "g");
const NOT_ASCII = new RegExp('["\\\\]|[^ -~]', "g");

function quote(text: string, ascii: boolean): string {
  look(text.length);
  make(text.length);
  const escape = (unit: string) => SHORT[unit] ?? `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
  return `"${text.replace(ascii ? NOT_ASCII : CONTROL, escape)}"`;
}
