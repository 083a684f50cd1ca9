import { parseExactJson } from "../../format/exact-json.js";
import { formatNumber } from "../../format/numbers.js";

/**
 * What was typed as a value: a number, true, false, an object, or a list where it is JSON of one; otherwise the text. A text stays what
 * would be rounded on its way to the store: whole numbers beyond 2^53.
 */
export function readValue(typed: string): unknown {
  const text = typed.trim();
  try {
    const value = parseExactJson(text);
    JSON.stringify(value); // throws where a number has to be a bigint
    return value === null ? text : value;
  } catch {
    return text;
  }
}

/** A value as it is typed: a text in quotes only where it would be read as something else. */
export function writeValue(value: unknown): string {
  if (typeof value !== "string") return value === undefined || value === null ? "" : JSON.stringify(value);
  return readValue(value) === value ? value : JSON.stringify(value);
}

/** A value as it is shown, shortened. */
export function showValue(value: unknown): string {
  if (value === null || value === undefined) return "no value";
  if (typeof value === "number") return formatNumber(value);
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}
