import { formatBytes, formatNumber } from "./numbers.js";

/** What a measure of a server is counted in. */
export type Unit = "seconds" | "bytes" | "ratio" | "per second" | "count";

/** A measure in its unit with three digits: 412 ms, 99.2 %, 1.4 GB, 3.2/s. */
export function formatIn(unit: Unit, value: number | null | undefined): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return "–";
  if (unit === "bytes") return value < 0 ? `−${formatBytes(-value)}` : formatBytes(Math.round(value));
  if (unit === "ratio") return `${formatNumber(rounded(value * 100))} %`;
  if (unit === "seconds") return Math.abs(value) < 1 ? `${formatNumber(rounded(value * 1000))} ms` : `${formatNumber(rounded(value))} s`;
  return `${formatNumber(rounded(value))}${unit === "per second" ? "/s" : ""}`;
}

/** Three digits; shares near 1 keep a fourth, which tells 99.95 % from 100 %. */
function rounded(value: number): number {
  return Number(value.toPrecision(Math.abs(value) > 99 && Math.abs(value) < 100 ? 4 : 3));
}
