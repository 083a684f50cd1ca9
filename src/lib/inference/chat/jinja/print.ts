import { look, make, spend } from "./budget.js";
import { Callable, Float, Lazy, Markup, Namespace, Tuple, Undefined, View, type Value } from "./values.js";

/** What a value is printed as: Python's str(). */
export function toText(value: Value): string {
  if (typeof value === "string") return value;
  if (value instanceof Markup) return value.text;
  return value instanceof Undefined ? "" : represent(value);
}

/** What a value is printed as within a list or dictionary: Python's repr(). */
export function represent(value: Value): string {
  spend(1);
  if (value === null) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (typeof value === "number") return String(value);
  if (typeof value === "string") return quote(value);
  if (Array.isArray(value)) return `[${listed(value.map(represent))}]`;
  if (value instanceof Float) return floatText(value.value);
  if (value instanceof Map) {
    return `{${listed(Array.from(value, ([key, one]) => `${represent(key)}: ${represent(one)}`))}}`;
  }
  return representOther(value);
}

function listed(items: readonly string[]): string {
  make(items.reduce((sum, item) => sum + item.length + 2, 0));
  return items.join(", ");
}

function representOther(value: Exclude<Value, null | boolean | number | string | Value[] | Float | Map<unknown, unknown>>): string {
  if (value instanceof Tuple) return `(${listed(value.items.map(represent))}${value.items.length === 1 ? "," : ""})`;
  if (value instanceof View) return `dict_${value.kind}([${listed(value.items.map(represent))}])`;
  if (value instanceof Undefined) return "Undefined";
  if (value instanceof Markup) return `Markup(${quote(value.text)})`;
  if (value instanceof Namespace) return `<Namespace ${represent(new Map(value.members))}>`;
  if (value instanceof Lazy) return "<generator object>";
  return value instanceof Callable ? `<function ${value.name}>` : `<${value.typeName}>`;
}

/** The shortest text that is read as the same number; with an exponent below 0.0001 and from 1e16 on. */
export function floatText(value: number): string {
  if (Number.isNaN(value)) return "nan";
  if (!Number.isFinite(value)) return value > 0 ? "inf" : "-inf";
  if (Object.is(value, -0)) return "-0.0";
  const [mantissa = "", exponent = ""] = value.toExponential().split("e");
  const power = Number(exponent);
  if (value !== 0 && (power < -4 || power >= 16)) {
    return `${mantissa}e${power < 0 ? "-" : "+"}${String(Math.abs(power)).padStart(2, "0")}`;
  }
  return Number.isInteger(value) ? `${value}.0` : String(value);
}

const ESCAPES: Readonly<Record<string, string>> = { "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t" };
/** What Python does not print as it is: control and format characters, and spaces other than the plain one. */
const UNPRINTABLE = /[\p{C}\p{Z}]/u;
/** Texts that stand between single quotes as they are. */
const PLAIN = /^[ !#-&(-[\]-~]*$/;

function quote(text: string): string {
  look(text.length);
  make(text.length);
  if (PLAIN.test(text)) return `'${text}'`;
  spend(text.length);
  const mark = text.includes("'") && !text.includes('"') ? '"' : "'";
  let quoted = mark;
  for (const character of text) {
    if (character === mark) quoted += `\\${mark}`;
    else if (character in ESCAPES) quoted += ESCAPES[character] ?? "";
    else quoted += character !== " " && UNPRINTABLE.test(character) ? escapeCode(character) : character;
  }
  return quoted + mark;
}

function escapeCode(character: string): string {
  const code = (character.codePointAt(0) ?? 0).toString(16);
  if (code.length <= 2) return `\\x${code.padStart(2, "0")}`;
  return code.length <= 4 ? `\\u${code.padStart(4, "0")}` : `\\U${code.padStart(8, "0")}`;
}
