import { look, make, repeated } from "./budget.js";
import { represent, toText } from "./print.js";
import { characterCount, Float, isText, numberOf, TemplateError, typeName, Undefined, type Value } from "./values.js";

/** How one value is written: [[fill]align][sign][0][width][,][.precision][type]. */
const SPEC = /^(?:(.)?([<>^=]))?([-+ ]?)#?(0?)(\d*)(,?)(?:\.(\d+))?([bdeEfFgGnosxX%]?)$/su;

interface Spec {
  fill: string | undefined;
  align: string | undefined;
  sign: string;
  width: number;
  comma: boolean;
  precision: number | undefined;
  kind: string;
}

function readSpec(spec: string): Spec {
  const parts = SPEC.exec(spec);
  if (!parts) throw new TemplateError(`Invalid format specifier '${spec}'`);
  const [, fill, align, sign = "", zero, width, comma, precision, kind = ""] = parts;
  const isPadded = zero === "0";
  return {
    fill: fill ?? (isPadded ? "0" : undefined),
    align: align ?? (isPadded ? "=" : undefined),
    ...{ sign, width: Number(width), comma: comma === ",", kind },
    precision: precision === undefined ? undefined : Number(precision),
  };
}

/** A value as a format specification wants it. Throws TemplateError for a specification that does not fit. */
export function formatValue(value: Value, spec: string): string {
  look(spec.length);
  if (spec === "") return toText(value);
  if (value instanceof Undefined) throw new TemplateError(value.what);
  const read = readSpec(spec);
  const number = isText(value) ? undefined : numberOf(value);
  if (number !== undefined) return pad(numberText(number, value instanceof Float, read), read, ">");
  if (read.kind === "" || read.kind === "s") return pad(toText(value).slice(0, read.precision), read, "<");
  throw new TemplateError(`Unknown format code '${read.kind}' for object of type '${typeName(value)}'`);
}

function numberText(value: number, isFloat: boolean, { kind, precision, comma, sign }: Spec): string {
  const digits = digitsOf(
    Math.abs(value),
    isFloat,
    kind === "" && precision !== undefined ? { kind: "g", precision } : { kind, precision },
  );
  const isNegative = value < 0 || Object.is(value, -0);
  return (isNegative ? "-" : sign.replace("-", "")) + (comma ? withCommas(digits) : digits);
}

const STANDARD_PRECISION = 6;

/** The digits of a number without its sign, by the letter of their form. */
const FORMS: Readonly<Record<string, (size: number, precision: number) => string>> = {
  x: (size) => size.toString(16),
  o: (size) => size.toString(8),
  b: (size) => size.toString(2),
  f: fixed,
  "%": (size, precision) => `${fixed(size * 100, precision)}%`,
  e: (size, precision) => pythonExponent(size.toExponential(precision)),
  g: general,
};

function digitsOf(size: number, isFloat: boolean, { kind, precision = STANDARD_PRECISION }: Pick<Spec, "kind" | "precision">): string {
  const form = FORMS[kind.toLowerCase()];
  if (!form) return isFloat ? represent(new Float(size)) : String(size);
  const text = form(size, precision);
  return kind === kind.toLowerCase() ? text : text.toUpperCase();
}

/** Significant digits without zeros at the end, with an exponent where the number is large or small: Python's "g". */
function general(size: number, precision: number): string {
  const digits = Math.max(1, precision);
  const [mantissa = "", exponent = ""] = size.toExponential(digits - 1).split("e");
  const power = Number(exponent);
  if (power < -4 || power >= digits) return pythonExponent(`${withoutZeros(mantissa)}e${exponent}`);
  return withoutZeros(size.toFixed(Math.max(0, digits - 1 - power)));
}

/** A number with so many digits after the point; halves go to the even digit. */
function fixed(size: number, digits: number): string {
  const exact = size.toFixed(Math.min(100, digits + 60));
  const point = exact.indexOf(".");
  const cut = exact.slice(0, digits === 0 ? point : point + 1 + digits);
  return /^50*$/u.test(exact.slice(point + 1 + digits)) && /[02468]$/u.test(cut) ? cut : size.toFixed(digits);
}

function withoutZeros(digits: string): string {
  return digits.includes(".") ? digits.replace(/\.?0+$/u, "") : digits;
}

function pythonExponent(text: string): string {
  return text.replace(/e([-+])(\d)$/u, "e$10$2");
}

function withCommas(digits: string): string {
  const [whole = "", ...rest] = digits.split(".");
  return [whole.replace(/\B(?=(\d{3})+$)/gu, ","), ...rest].join(".");
}

function pad(text: string, { width, fill = " ", align: given }: Spec, standard: "<" | ">"): string {
  const align = given ?? standard;
  make(text.length);
  const missing = width - characterCount(text);
  if (align === "<") return text + repeated(fill, missing);
  if (align === "^") return repeated(fill, Math.floor(missing / 2)) + text + repeated(fill, Math.ceil(missing / 2));
  const sign = align === "=" && /^[-+ ]/u.test(text) ? text.charAt(0) : "";
  return sign + repeated(fill, missing) + text.slice(sign.length);
}
