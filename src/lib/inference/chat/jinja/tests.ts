import { look, spend } from "./budget.js";
import { equals } from "./compare.js";
import { OPERATORS } from "./operators.js";
import { toText } from "./print.js";
import {
  Callable,
  Float,
  isText,
  isTrue,
  itemsOf,
  Lazy,
  Markup,
  numberOf,
  textOf,
  TemplateError,
  Undefined,
  View,
  type Arguments,
  type Value,
} from "./values.js";

type Test = (value: Value, other: Value) => boolean;

/** A test by the operator of the same meaning. */
function by(operator: string): Test {
  return (value, other) => isTrue(OPERATORS.get(operator)?.(value, other) ?? false);
}

function remainder(value: Value, divisor: number): number {
  const number = numberOf(value);
  if (number === undefined) throw new TemplateError("only a number can be odd, even or divisible");
  return number % divisor;
}

function isIterable(value: Value): boolean {
  if (isText(value) || value instanceof Map || value instanceof View || value instanceof Lazy || value instanceof Undefined) return true;
  return itemsOf(value) !== undefined;
}

const COMPARISONS: readonly [operator: string, names: string][] = [
  ["==", "eq equalto =="],
  ["!=", "ne !="],
  ["<", "lt lessthan <"],
  ["<=", "le <="],
  [">", "gt greaterthan >"],
  [">=", "ge >="],
  ["in", "in"],
];

const TESTS: ReadonlyMap<string, Test> = new Map<string, Test>([
  ...COMPARISONS.flatMap(([operator, names]) => names.split(" ").map((name): [string, Test] => [name, by(operator)])),
  ["defined", (value) => !(value instanceof Undefined)],
  ["undefined", (value) => value instanceof Undefined],
  ["none", (value) => value === null],
  ["true", (value) => value === true],
  ["false", (value) => value === false],
  ["boolean", (value) => typeof value === "boolean"],
  ["string", isText],
  ["number", (value) => numberOf(value) !== undefined],
  ["integer", (value) => typeof value === "number"],
  ["float", (value) => value instanceof Float],
  ["mapping", (value) => value instanceof Map],
  ["sequence", (value) => isText(value) || value instanceof Map || itemsOf(value) !== undefined || value instanceof Undefined],
  ["iterable", isIterable],
  ["callable", (value) => value instanceof Callable],
  ["odd", (value) => Math.abs(remainder(value, 2)) === 1],
  ["even", (value) => remainder(value, 2) === 0],
  ["divisibleby", (value, other) => remainder(value, numberOf(other) ?? NaN) === 0],
  ["sameas", (value, other) => value === other || (isText(value) && isText(other) && equals(value, other))],
  ["lower", (value) => toText(value) === toText(value).toLowerCase() && toText(value) !== toText(value).toUpperCase()],
  ["upper", (value) => toText(value) === toText(value).toUpperCase() && toText(value) !== toText(value).toLowerCase()],
  ["escaped", (value) => value instanceof Markup],
]);

/** Whether a test holds, by its name. Throws TemplateError for a test that Jinja does not have. */
export function applyTest(name: string, value: Value, { positional }: Arguments): boolean {
  const test = TESTS.get(name);
  if (!test) throw new TemplateError(`No test named '${name}'.`);
  spend(1);
  if (isText(value)) look(textOf(value).length);
  return test(value, positional[0] ?? null);
}
