import { compareNames } from "../../../lib/base/pages/texts.js";
import type { RunRow } from "../../api/documents.js";
import type { Direction } from "../../api/study-parts.js";
import { toNumber } from "../../format/numbers.js";
import { intervalOf, isIntervalEnd } from "../runs/columns.js";

/** A parameter of the runs, or a metric's last values. */
export interface ComparedRow {
  key: string;
  isDiffering: boolean;
}

/** All parameters of some runs, those that differ first. */
export function comparedParams(runs: readonly RunRow[]): ComparedRow[] {
  const keys = [...new Set(runs.flatMap(({ params }) => Object.keys(params)))].sort((a, b) => compareNames(a, b));
  return differingFirst(keys.map((key) => ({ key, isDiffering: new Set(runs.map(({ params }) => params[key])).size > 1 })));
}

/** All metrics of some runs without the ends of intervals, those that differ first. */
export function comparedMetrics(runs: readonly RunRow[]): ComparedRow[] {
  const keys = new Set(runs.flatMap(({ metrics }) => Object.keys(metrics)));
  const shown = [...keys].filter((key) => !isIntervalEnd(key, keys)).sort((a, b) => compareNames(a, b));
  return differingFirst(shown.map((key) => ({ key, isDiffering: new Set(runs.map(({ metrics }) => metrics[key]?.last)).size > 1 })));
}

function differingFirst(rows: readonly ComparedRow[]): ComparedRow[] {
  return [...rows.filter(({ isDiffering }) => isDiffering), ...rows.filter(({ isDiffering }) => !isDiffering)];
}

/**
 * How a value stands among those of other runs: "best" where its interval is apart from all others; "tied" where it is among those that
 * intervals do not tell from the best; "first" where it is the best value and intervals are missing, so that nothing is proven.
 */
export type Standing = "best" | "tied" | "first";

/** Counts say how much was done, not how well. */
const COUNTED = /^(?:cells|rows)(?:_|$)|(?:^|[/_])(?:step|epoch|seed)$/;

/** How each run stands in a metric; runs that do not stand out are left out. */
export function standings(runs: readonly RunRow[], key: string, direction: Direction | undefined): Map<string, Standing> {
  if (direction === undefined || direction === "none" || COUNTED.test(key)) return new Map();
  const sign = direction === "min" ? -1 : 1;
  const known = runs
    .map(({ run_id, metrics }) => ({ id: run_id, value: toNumber(metrics[key]?.last), interval: intervalOf(metrics, key) }))
    .filter(({ value }) => !Number.isNaN(value))
    .sort((a, b) => sign * (b.value - a.value));
  const [best, ...others] = known;
  if (!best || others.length === 0 || others.every(({ value }) => value === best.value)) return new Map();
  const reaching = others.filter((other) => other.value === best.value || overlap(best.interval, other.interval));
  if (reaching.length > 0) return new Map([best, ...reaching].map(({ id }) => [id, "tied"]));
  return new Map([[best.id, known.every(({ interval }) => interval !== undefined) ? "best" : "first"]]);
}

function overlap(a: readonly [number, number] | undefined, b: readonly [number, number] | undefined): boolean {
  return a !== undefined && b !== undefined && a[0] <= b[1] && b[0] <= a[1];
}
