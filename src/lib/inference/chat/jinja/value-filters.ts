import { look, make, repeated, spend } from "./budget.js";
import { isSet, textOr, type Filter, type Given } from "./given.js";
import { toJson, type JsonStyle } from "./json-text.js";
import { itemPairs, ownAttributeOf } from "./members.js";
import { escapeText } from "./operators.js";
import { toText } from "./print.js";
import { capitalize, replace, splitLines } from "./string-methods.js";
import { strip } from "./strip.js";
import {
  Float,
  isText,
  isTrue,
  itemsOf,
  Lazy,
  Markup,
  numberOf,
  TemplateError,
  textOf,
  Tuple,
  typeName,
  Undefined,
  type Value,
} from "./values.js";
import { formatPercent } from "./format-text.js";

function defaultOf(value: Value, given: Given): Value {
  const [standard = "", whenFalse] = given.take("default_value", "boolean");
  return value instanceof Undefined || (isSet(whenFalse) && !isTrue(value)) ? standard : value;
}

function toJsonFilter(value: Value, given: Given): string {
  const [ascii, indent, separators, sortKeys] = given.take("ensure_ascii", "indent", "separators", "sort_keys");
  const step =
    indent === undefined || indent === null ? undefined : isText(indent) ? textOf(indent) : repeated(" ", given.count(indent, 0));
  const style: JsonStyle = {
    ascii: isSet(ascii),
    indent: step,
    separators: separatorsOf(separators) ?? (step === undefined ? [", ", ": "] : [",", ": "]),
    sortKeys: isSet(sortKeys),
  };
  return toJson(value, style);
}

function separatorsOf(value: Value | undefined): readonly [string, string] | undefined {
  if (value === undefined || value === null) return undefined;
  const [item, key, ...others] = itemsOf(value) ?? [];
  if (item === undefined || key === undefined || others.length > 0) throw new TemplateError("separators must be two texts");
  return [toText(item), toText(key)];
}

function indentLines(value: Value, given: Given): string {
  const [width, first, blank] = given.take("width", "first", "blank");
  const indention = width !== undefined && isText(width) ? textOf(width) : repeated(" ", given.count(width, 4));
  const lines = splitLines(`${toText(value)}\n`);
  make(lines.length * indention.length);
  const indented = lines.map((line, i) => (i === 0 || (line === "" && !isSet(blank)) ? line : indention + line));
  return (isSet(first) ? indention : "") + indented.join("\n");
}

/** Words begin after white space, dashes and opening brackets. */
function title(value: Value): string {
  const text = toText(value);
  spend(text.length);
  return text
    .split(/([-\s({[<]+)/u)
    .map(capitalize)
    .join("");
}

function toInteger(value: Value, given: Given): Value {
  const [standard = 0, base] = given.take("default", "base");
  if (isText(value)) {
    look(textOf(value).length);
    const radix = given.count(base, 10);
    const text = strip(textOf(value), undefined).replaceAll("_", "");
    if (/^[-+]?\d+$/u.test(text) || (radix !== 10 && /^[-+]?\w+$/u.test(text))) {
      const read = Number.parseInt(text.replace(/^([-+]?)0[xob]/iu, "$1"), radix);
      return Number.isNaN(read) ? standard : read;
    }
    const number = readFloat(text);
    return number === undefined || !Number.isFinite(number) ? standard : Math.trunc(number);
  }
  const number = numberOf(value);
  return number === undefined || !Number.isFinite(number) ? standard : Math.trunc(number);
}

function toFloat(value: Value, given: Given): Value {
  const [standard = new Float(0)] = given.take("default");
  const number = isText(value) ? readFloat(strip(textOf(value), undefined)) : numberOf(value);
  return number === undefined ? standard : new Float(number);
}

function readFloat(text: string): number | undefined {
  if (/^[-+]?(\d+(\.\d*)?|\.\d+)(e[-+]?\d+)?$/iu.test(text)) return Number(text);
  if (/^[-+]?inf(inity)?$/iu.test(text)) return text.startsWith("-") ? -Infinity : Infinity;
  return /^[-+]?nan$/iu.test(text) ? NaN : undefined;
}

function round(value: Value, given: Given): Value {
  const [precision, method] = given.take("precision", "method");
  const number = numberOf(value);
  if (number === undefined) throw new TemplateError(`type ${typeName(value)} doesn't define __round__ method`);
  const scale = 10 ** given.count(precision, 0);
  const how = textOr(method, "common");
  if (how === "common") return new Float(halfToEven(number * scale) / scale);
  return new Float((how === "ceil" ? Math.ceil(number * scale) : Math.floor(number * scale)) / scale);
}

function halfToEven(value: number): number {
  const rounded = Math.round(value);
  return Math.abs(value % 1) === 0.5 && rounded % 2 !== 0 ? rounded - 1 : rounded;
}

function absolute(value: Value): Value {
  const number = numberOf(value);
  if (number === undefined) throw new TemplateError(`bad operand type for abs(): '${typeName(value)}'`);
  return value instanceof Float ? new Float(Math.abs(number)) : Math.abs(number);
}

function items(value: Value): Value {
  if (value instanceof Undefined) return new Lazy([]);
  if (value instanceof Map) return new Lazy(itemPairs(value));
  throw new TemplateError("Can only get item pairs from a mapping.");
}

function format(value: Value, { args }: Given): string {
  const named = args.named.size > 0 ? new Map<string, Value>(args.named) : undefined;
  return formatPercent(toText(value), named ?? new Tuple(args.positional));
}

function wordCount(value: Value): number {
  const text = toText(value);
  spend(text.length);
  return (text.match(/\w+/gu) ?? []).length;
}

const onText =
  (change: (text: string) => string): Filter =>
  (value) => {
    const text = toText(value);
    look(text.length);
    return change(text);
  };

export const VALUE_FILTERS: readonly (readonly [string, Filter])[] = [
  ["default", defaultOf],
  ["d", defaultOf],
  ["tojson", toJsonFilter],
  ["string", (value) => (value instanceof Markup ? value : toText(value))],
  ["safe", (value) => new Markup(toText(value))],
  ["escape", (value) => new Markup(escapeText(value))],
  ["e", (value) => new Markup(escapeText(value))],
  ["forceescape", (value) => new Markup(escapeText(toText(value)))],
  ["upper", onText((text) => text.toUpperCase())],
  ["lower", onText((text) => text.toLowerCase())],
  ["capitalize", onText(capitalize)],
  ["title", title],
  [
    "trim",
    (value, given) => {
      const [characters] = given.take("chars");
      return strip(toText(value), characters === undefined || characters === null ? undefined : toText(characters));
    },
  ],
  [
    "replace",
    (value, given) => {
      const [from, to, most] = given.take("old", "new", "count");
      return replace(toText(value), toText(given.need(from, "old")), toText(given.need(to, "new")), given.count(most, -1));
    },
  ],
  ["indent", indentLines],
  ["wordcount", wordCount],
  ["center", (value, given) => center(toText(value), given.count(given.take("width")[0], 80))],
  ["format", format],
  ["int", toInteger],
  ["float", toFloat],
  ["round", round],
  ["abs", absolute],
  ["items", items],
  ["attr", (value, given) => ownAttributeOf(value, given.text(given.take("name")[0], "name"))],
];

function center(text: string, width: number): string {
  const missing = Math.max(0, width - text.length);
  return repeated(" ", Math.floor(missing / 2)) + text + repeated(" ", Math.ceil(missing / 2));
}
