import { compareNatural, withThousands } from "../../lib/base/pages/texts.js";
import type { WireNumber } from "../api/documents.js";

const DIGITS = 4;

/** A value as a number; NaN for what is not one. */
export function toNumber(value: WireNumber | null | undefined): number {
  if (typeof value === "number") return value;
  if (value === "Infinity") return Infinity;
  if (value === "-Infinity") return -Infinity;
  return value === null || value === undefined || value.trim() === "" ? NaN : Number(value);
}

/** The order of two values of a parameter: numbers by size, others by their letters. */
export function compareValues(a: string, b: string): number {
  const [x, y] = [toNumber(a), toNumber(b)];
  return Number.isNaN(x) || Number.isNaN(y) ? compareNatural(a, b) : x - y;
}

/** A number for people: four significant digits, whole numbers in full up to a billion, powers of ten beyond; thousands are apart. */
export function formatNumber(value: WireNumber): string {
  const number = toNumber(value);
  if (Number.isNaN(number)) return "NaN";
  if (!Number.isFinite(number)) return number > 0 ? "∞" : "−∞";
  if (number === 0) return "0";
  const size = Math.abs(number);
  if (Number.isInteger(number) && size < 1e9) return signed(number, withThousands(size));
  if (size >= 1e9 || size < 1e-4) return signed(number, tidyExponent(size.toExponential(DIGITS - 1)));
  if (size >= 1000) return signed(number, withThousands(Number(size.toFixed(size >= 10_000 ? 0 : 1))));
  return signed(number, String(Number(size.toPrecision(DIGITS))));
}

function signed(number: number, size: string): string {
  return number < 0 ? `−${size}` : size;
}

function tidyExponent(text: string): string {
  return text.replace(/\.?0+e/, "e").replace("e+", "e");
}

const BYTES = ["B", "kB", "MB", "GB", "TB"];

/** A number of bytes in powers of 1000. */
export function formatBytes(bytes: number): string {
  let size = bytes;
  let unit = 0;
  while (size >= 999.5 && unit < BYTES.length - 1) {
    size /= 1000;
    unit++;
  }
  return `${unit === 0 ? size : Number(size.toPrecision(3))} ${BYTES[unit] ?? ""}`;
}

/** A metric's value in the unit that its key says: bytes, milliseconds, seconds, percent, or none. */
export function formatMetric(key: string, value: WireNumber): string {
  const number = toNumber(value);
  const last = key.split("/").at(-1) ?? key;
  if (Number.isFinite(number)) {
    if (/(?:^|_)bytes(?:$|_)/.test(last) && number >= 0 && Number.isInteger(number)) return formatBytes(number);
    if (/_ms(?:$|_)/.test(last) && !/per_ms/.test(last)) return `${formatNumber(value)} ms`;
    if (/_(?:seconds|s)$/.test(last) && !/_per_s(?:econd)?$/.test(last)) return `${formatNumber(value)} s`;
    if (/(?:_percent|_pct|_percentage)$/.test(last)) return `${formatNumber(value)} %`;
  }
  return formatNumber(value);
}

/** A count, and a noun in the right number. */
export function count(number: number, noun: string, plural = `${noun}s`): string {
  return `${withThousands(number)} ${number === 1 ? noun : plural}`;
}

/** How many of all, and a noun in their number. */
export function partOf(some: number, all: number, noun: string): string {
  return `${withThousands(some)} of ${count(all, noun)}`;
}

/** Counts in a text, such as the 1200/2400 of a study's tag, as counts are shown. */
export function formatCounts(text: string): string {
  return text.replace(/\d+/g, (digits) => formatNumber(Number(digits)));
}

/** A share from 0 to 1 as percent, rounded as the terminal rounds it. */
export function formatShare(share: number): string {
  return `${roundPercent(100 * share)} %`;
}

/** Percent to a tenth: no interval of a study is narrower. */
export function roundPercent(percent: number): number {
  return Number(percent.toFixed(1));
}

/** How far something has come, from 0 to 1, as percent: 100 % only where it is done. */
export function formatProgress(share: number): string {
  return `${Math.floor(share * 1000) / 10} %`;
}
