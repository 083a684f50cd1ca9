import type { RunColumns, RunValues } from "../../api/documents.js";
import { compareValues, toNumber } from "../../format/numbers.js";

/** A dimension of runs: the last value of a metric, or a parameter. */
export interface Dimension {
  kind: "metric" | "param";
  key: string;
}

/** A dimension as a short text, for addresses. */
export function dimensionId({ kind, key }: Dimension): string {
  return `${kind === "metric" ? "m" : "p"}.${key}`;
}

/** The dimension that a text of dimensionId means; undefined where it means none. */
export function parseDimension(id: string): Dimension | undefined {
  if (id.length < 3 || id[1] !== ".") return undefined;
  if (id[0] === "m") return { kind: "metric", key: id.slice(2) };
  return id[0] === "p" ? { kind: "param", key: id.slice(2) } : undefined;
}

/** What a run has in a dimension; undefined where it has nothing. */
export function valueOf(run: RunValues, { kind, key }: Dimension): number | string | undefined {
  return kind === "metric" ? run.metrics[key]?.last : run.params[key];
}

/** The values of runs in a dimension: all as finite numbers, or as categories where a parameter has texts. */
export interface Scale {
  /** The categories in order; undefined for numbers. */
  categories: string[] | undefined;
  /** What is drawn for each run: a number, or the place of its category; null where there is nothing to draw. */
  values: (number | null)[];
}

/** Reads a dimension of runs. What is not finite is not drawn; texts are in the order of their names, numbers among them by size. */
export function scaleOf(runs: readonly RunValues[], dimension: Dimension): Scale {
  const raw = runs.map((run) => valueOf(run, dimension));
  const isNumeric = dimension.kind === "metric" || raw.every((value) => value === undefined || !Number.isNaN(toNumber(value)));
  if (isNumeric) {
    return { categories: undefined, values: raw.map((value) => (Number.isFinite(toNumber(value)) ? toNumber(value) : null)) };
  }
  const categories = [...new Set(raw.filter((value) => value !== undefined).map(String))].sort(compareValues);
  const places = new Map(categories.map((text, i) => [text, i]));
  return { categories, values: raw.map((value) => (value === undefined ? null : (places.get(String(value)) ?? null))) };
}

/** The dimensions that tell runs apart, those of most runs first; the ends of intervals are left out by the caller. */
export function differingDimensions({ total, metrics, params }: RunColumns): Dimension[] {
  const byRuns = <T extends { runs: number }>(list: readonly T[]) => [...list].sort((a, b) => b.runs - a.runs);
  return [
    ...byRuns(params.filter(({ distinct, runs }) => distinct > 1 || runs < total)).map(({ key }) => ({ kind: "param" as const, key })),
    ...byRuns(metrics.filter(({ min, max }) => min !== max)).map(({ key }) => ({ kind: "metric" as const, key })),
  ];
}
