import { missingValue } from "../limits.js";
import { invalid } from "../mlflow-error.js";

/** The fields of a request, read as MLflow's API reads them: snake_case or camelCase, numbers also as text. Errors are MLflow's own. */
export class Fields {
  private readonly values: Readonly<Record<string, unknown>>;
  private readonly path: string;

  /** `path` stands before names in errors: "metrics[0].". */
  constructor(values: Readonly<Record<string, unknown>>, path = "") {
    this.values = values;
    this.path = path;
  }

  has(name: string): boolean {
    return this.get(name) !== undefined;
  }

  /** A text, or undefined where there is none. */
  text(name: string): string | undefined {
    const value = this.get(name);
    if (value === undefined || typeof value === "string") return value;
    throw this.wrong(name, value, "a string");
  }

  /** A text that has to be there and not be empty. */
  requiredText(name: string): string {
    const value = this.text(name);
    if (value === undefined || value === "") throw missingValue(this.path + name);
    return value;
  }

  /** An id: a text, or a number as some clients send it. */
  requiredId(name: string): string {
    const value = this.get(name);
    return typeof value === "number" && Number.isSafeInteger(value) ? String(value) : this.requiredText(name);
  }

  /** A 64-bit integer, also written as text or with a zero fraction. */
  integer(name: string): number | undefined {
    const value = this.get(name);
    if (value === undefined) return undefined;
    const number = typeof value === "string" && /^[+-]?\d+(\.0+)?$/.test(value) ? Number(value) : value;
    if (typeof number === "number" && Number.isInteger(number)) return number;
    throw this.wrong(name, value, "an integer");
  }

  requiredInteger(name: string): number {
    const value = this.integer(name);
    if (value === undefined) throw missingValue(this.path + name);
    return value;
  }

  /** A time in milliseconds: clocks of some programs give fractions. */
  time(name: string): number | undefined {
    const value = this.get(name);
    return value === undefined ? undefined : this.timeOf(name, value);
  }

  requiredTime(name: string): number {
    const value = this.time(name);
    if (value === undefined) throw missingValue(this.path + name);
    return value;
  }

  /** A double; "NaN", "Infinity" and "-Infinity" as words. */
  requiredDouble(name: string): number {
    const value = this.get(name);
    if (value === undefined) throw missingValue(this.path + name);
    const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
    const isWord = value === "NaN" || value === "Infinity" || value === "-Infinity";
    if (typeof number === "number" && (isWord || !Number.isNaN(number))) return number;
    throw this.wrong(name, value, "a number");
  }

  boolean(name: string): boolean | undefined {
    const value = this.get(name);
    if (value === undefined || typeof value === "boolean") return value;
    if (value === "true" || value === "false") return value === "true";
    throw this.wrong(name, value, "true or false");
  }

  /** One of the names, given by name in any case or by its number. `first` is the number of the first name. */
  choice<T extends string>(name: string, names: readonly T[], first = 1): T | undefined {
    const value = this.get(name);
    if (value === undefined) return undefined;
    const isNumber = typeof value === "number" || (typeof value === "string" && /^\d+$/.test(value));
    const found = isNumber
      ? names[Number(value) - first]
      : names.find((known) => typeof value === "string" && known.toLowerCase() === value.toLowerCase());
    if (found !== undefined) return found;
    throw this.wrong(name, value, `one of ${names.join(", ")}`);
  }

  /** Texts; one text alone is a list of one, as in a query. */
  texts(name: string): string[] {
    const value = this.get(name) ?? [];
    const list: unknown[] = Array.isArray(value) ? value : [value];
    return list.map((item, index) => {
      if (typeof item === "string") return item;
      if (typeof item === "number") return String(item);
      throw this.wrong(`${name}[${index}]`, item, "a string");
    });
  }

  /** A list of objects. */
  list(name: string): Fields[] {
    const value = this.get(name) ?? [];
    if (!Array.isArray(value)) throw this.wrong(name, value, "a list");
    return value.map((item: unknown, index) => {
      if (isObject(item)) return new Fields(item, `${this.path}${name}[${index}].`);
      throw this.wrong(`${name}[${index}]`, item, "an object");
    });
  }

  /** An object; one without fields where there is none. */
  object(name: string): Fields {
    const value = this.get(name) ?? {};
    if (isObject(value)) return new Fields(value, `${this.path}${name}.`);
    throw this.wrong(name, value, "an object");
  }

  /** A list of {key, value}, the last of a key counts. */
  pairs(name: string): Record<string, string> {
    return Object.fromEntries(this.list(name).map((pair) => [pair.requiredText("key"), pair.text("value") ?? ""]));
  }

  /** An object whose values are texts. */
  map(name: string): Record<string, string> {
    const { values } = this.object(name);
    return Object.fromEntries(
      Object.entries(values).map(([key, value]) => [key, typeof value === "string" ? value : JSON.stringify(value)]),
    );
  }

  /** Any JSON. */
  json(name: string): unknown {
    return this.get(name);
  }

  private timeOf(name: string, value: unknown): number {
    const number = typeof value === "string" && /^[+-]?\d+(\.\d+)?$/.test(value) ? Number(value) : value;
    if (typeof number === "number" && Number.isFinite(number)) return Math.round(number);
    throw this.wrong(name, value, "a time in milliseconds");
  }

  private get(name: string): unknown {
    const own = (key: string) => (Object.hasOwn(this.values, key) ? this.values[key] : undefined);
    const value = own(name) ?? own(toCamelCase(name));
    return value === null ? undefined : value;
  }

  private wrong(name: string, value: unknown, expected: string): Error {
    const shown = JSON.stringify(value).slice(0, 100);
    return invalid(`Invalid value ${shown} for parameter '${this.path}${name}' supplied: it must be ${expected}.`);
  }
}

/** True for a JSON object. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

const camelCase = new Map<string, string>();

function toCamelCase(name: string): string {
  const known = camelCase.get(name);
  if (known !== undefined) return known;
  const written = name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
  camelCase.set(name, written);
  return written;
}
