import { joined, look, make, makeItems, repeated, spend } from "./budget.js";
import { compare, equals } from "./compare.js";
import { formatPercent } from "./format-text.js";
import { toText } from "./print.js";
import {
  Float,
  isText,
  iterate,
  itemsOf,
  Markup,
  numberOf,
  TemplateError,
  textOf,
  toKey,
  Tuple,
  typeName,
  Undefined,
  type Value,
} from "./values.js";

/** Computes both sides' result. Throws TemplateError where the operator does not take them. */
export type Operator = (left: Value, right: Value) => Value;

const COMPARISONS: Readonly<Record<string, (order: number) => boolean>> = {
  "<": (order) => order < 0,
  ">": (order) => order > 0,
  "<=": (order) => order <= 0,
  ">=": (order) => order >= 0,
};

/** All operators but `and` and `or`, which do not always look at both sides. */
export const OPERATORS: ReadonlyMap<string, Operator> = new Map<string, Operator>([
  ["==", equals],
  ["!=", (a, b) => !equals(a, b)],
  ...Object.entries(COMPARISONS).map(([name, holds]): [string, Operator] => [name, (a, b) => holds(compare(a, b, name))]),
  ["in", contains],
  ["not in", (a, b) => !contains(a, b)],
  ["~", (a, b) => joined(toText(a), toText(b))],
  ["+", add],
  ["-", arithmetic("-", (a, b) => a - b)],
  ["*", multiply],
  ["/", divide],
  ["//", arithmetic("//", (a, b) => Math.floor(a / notZero(b)))],
  ["%", remainder],
  ["**", power],
]);

function contains(item: Value, whole: Value): boolean {
  if (isText(whole)) {
    if (isText(item)) {
      look(textOf(whole).length);
      return textOf(whole).includes(textOf(item));
    }
    throw new TemplateError(`'in <string>' requires string as left operand, not ${typeName(item)}`);
  }
  if (whole instanceof Map) return !(item instanceof Undefined) && whole.has(toKey(item));
  if (whole === null || numberOf(whole) !== undefined) {
    throw new TemplateError(`argument of type '${typeName(whole)}' is not iterable`);
  }
  for (const one of iterate(whole)) if (equals(one, item)) return true;
  return false;
}

function unsupported(name: string, a: Value, b: Value): TemplateError {
  const missing = [a, b].find((value) => value instanceof Undefined);
  if (missing instanceof Undefined) return new TemplateError(missing.what);
  return new TemplateError(`unsupported operand type(s) for ${name}: '${typeName(a)}' and '${typeName(b)}'`);
}

function arithmetic(name: string, compute: (a: number, b: number) => number): Operator {
  return (a, b) => {
    const [left, right] = [numberOf(a), numberOf(b)];
    if (left === undefined || right === undefined) throw unsupported(name, a, b);
    const result = compute(left, right);
    return a instanceof Float || b instanceof Float ? new Float(result) : result;
  };
}

const addNumbers = arithmetic("+", (a, b) => a + b);
const multiplyNumbers = arithmetic("*", (a, b) => a * b);
/** The sign of the remainder is the divisor's. */
const remainderOfNumbers = arithmetic("%", (a, b) => a - Math.floor(a / notZero(b)) * b);

function add(a: Value, b: Value): Value {
  if (isText(a) && isText(b)) return addTexts(a, b);
  const [items, others] = [itemsOf(a), itemsOf(b)];
  if (items && others && Array.isArray(a) === Array.isArray(b)) {
    makeItems(items.length + others.length);
    return Array.isArray(a) ? [...items, ...others] : new Tuple([...items, ...others]);
  }
  return addNumbers(a, b);
}

/** Text added to HTML is escaped. */
function addTexts(a: string | Markup, b: string | Markup): string | Markup {
  return typeof a === "string" && typeof b === "string" ? joined(a, b) : new Markup(joined(escapeText(a), escapeText(b)));
}

const HTML: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", "'": "&#39;", '"': "&#34;" };

const LONGEST_ENTITY = 5;

/** A text as HTML shows it; what is HTML already stays. */
export function escapeText(value: Value): string {
  if (value instanceof Markup) return value.text;
  const text = toText(value);
  spend(text.length);
  make(text.length * LONGEST_ENTITY);
  return text.replace(/[&<>'"]/g, (character) => HTML[character] ?? character);
}

function multiply(a: Value, b: Value): Value {
  for (const [one, times] of [
    [a, b],
    [b, a],
  ] as const) {
    if (typeof times !== "number") continue;
    if (isText(one)) return repeated(textOf(one), times);
    const items = itemsOf(one);
    if (!items) continue;
    const count = Math.max(0, times);
    makeItems(items.length * count + count);
    const all = Array.from({ length: count }, () => items).flat();
    return Array.isArray(one) ? all : new Tuple(all);
  }
  return multiplyNumbers(a, b);
}

function notZero(value: number): number {
  if (value === 0) throw new TemplateError("division by zero");
  return value;
}

function divide(a: Value, b: Value): Value {
  const [left, right] = [numberOf(a), numberOf(b)];
  if (left === undefined || right === undefined) throw unsupported("/", a, b);
  return new Float(left / notZero(right));
}

function remainder(a: Value, b: Value): Value {
  return isText(a) ? formatPercent(textOf(a), b) : remainderOfNumbers(a, b);
}

function power(a: Value, b: Value): Value {
  const [left, right] = [numberOf(a), numberOf(b)];
  if (left === undefined || right === undefined) throw unsupported("** or pow()", a, b);
  const result = left ** right;
  return a instanceof Float || b instanceof Float || right < 0 ? new Float(result) : result;
}
