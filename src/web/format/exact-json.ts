import { parse } from "lossless-json";

/** Whole numbers that JSON.parse may round; one that only looks so, as in a text, costs time. */
const LONG = /(?<![\d.])\d{16,}(?![\d.eE])/;
const MOST_DIGITS = 400;

/** Parses JSON as JSON.parse does, but whole numbers beyond 2^53 are bigints, digit by digit. Throws SyntaxError. */
export function parseExactJson(text: string): unknown {
  if (!LONG.test(text)) return JSON.parse(text) as unknown;
  return parse(text, undefined, { parseNumber: toExactNumber, onDuplicateKey: ({ newValue }) => newValue });
}

function toExactNumber(written: string): number | bigint | string {
  const value = Number(written);
  if (Number.isSafeInteger(value) || !/^-?\d+$/.test(written)) return value;
  return written.length > MOST_DIGITS ? written : BigInt(written);
}
