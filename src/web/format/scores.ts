import { formatMetric, formatNumber, roundPercent } from "./numbers.js";

/** An interval says where a value may be: more digits of its ends say nothing. */
const INTERVAL_DIGITS = 3;

/** How a score is written. */
export interface ScoreFormat {
  name: string;
  /** A share from 0 to 1, written as percent. */
  isRate: boolean;
}

/** A score in its unit, with at most four digits: a rate as percent, a time in seconds. */
export function formatScore({ name, isRate }: ScoreFormat, value: number | null): string {
  if (value === null || Number.isNaN(value)) return "–";
  if (isRate) return `${formatNumber(roundPercent(100 * value))} %`;
  return isTime(name) ? `${formatNumber(value)} s` : formatMetric(name, value);
}

/** A difference of two values of a score, with its sign: of rates in points, which are hundredths. */
export function formatDifference(format: ScoreFormat, value: number | null): string {
  if (value === null || Number.isNaN(value)) return "–";
  const text = format.isRate ? `${formatNumber(roundPercent(100 * value))} points` : formatScore(format, value);
  return value > 0 ? `+${text}` : text;
}

/** The ends of an interval in brackets, in the unit of the value they stand beside; empty where nothing tells how wide it is. */
export function formatInterval({ isRate }: ScoreFormat, { low, high }: { low: number | null; high: number | null }): string {
  if (low === null || high === null) return "";
  const end = (value: number) => formatNumber(isRate ? roundPercent(100 * value) : Number(value.toPrecision(INTERVAL_DIGITS)));
  return `[${end(low)}, ${end(high)}]`;
}

/** A p value as readers expect it. */
export function formatP(value: number | null): string {
  if (value === null) return "–";
  return value < 0.001 ? "< 0.001" : formatNumber(Number(value.toPrecision(2)));
}

/** The names that commands give times without a unit in them; they are in seconds. */
function isTime(name: string): boolean {
  return /^(?:latency|first_token)(?:_p\d+)?$/.test(name);
}
