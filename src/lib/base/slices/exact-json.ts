import { parse, stringify } from "lossless-json";

/** Whole numbers that JSON.parse may round; one that only looks so, as in a text, costs time. */
const LONG = /(?<![\d.])\d{16,}(?![\d.eE])/;
/** Numbers of more digits are texts: nobody calculates with them, and reading them as numbers takes long. */
const MOST_DIGITS = 400;

/** Parses JSON as JSON.parse does, but whole numbers beyond 2^53 are bigints, digit by digit as they stand there. Throws SyntaxError. */
export function parseExactJson(text: string): unknown {
  if (!LONG.test(text)) return JSON.parse(text) as unknown;
  return parse(text, undefined, { parseNumber: toExactNumber, onDuplicateKey: ({ newValue }) => newValue });
}

/** Whether a value has a bigint in it; `text` is its JSON. */
export function hasBigint(value: unknown, text: string): boolean {
  if (!LONG.test(text)) return false;
  try {
    JSON.stringify(value);
    return false;
  } catch {
    return true;
  }
}

/** The number that is written: a bigint where a double would round a whole one. */
export function toExactNumber(written: string): number | bigint | string {
  const value = Number(written);
  if (Number.isSafeInteger(value) || !/^-?\d+$/.test(written)) return value;
  return written.length > MOST_DIGITS ? written : BigInt(written);
}

/** The JSON of a value that may have bigints in it: as plain digits. */
export function exactJsonText(value: unknown): string {
  try {
    return JSON.stringify(value) ?? "null";
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return stringify(value) ?? "null";
  }
}
