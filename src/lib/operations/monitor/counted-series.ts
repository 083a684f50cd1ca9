import type { PrometheusSample } from "./prometheus-text.js";

/** The only part of a counter. */
export const COUNTER_PART = "value";
/** The part of a histogram that has all observations, as `le` names it. */
const ALL = "Infinity";

/** What counts together, by its parts: a counter with one set of labels, or a histogram's buckets (by upper bound), sum, and count. */
export interface CountedSeries {
  /** Tells it from all others of the server. */
  key: string;
  /** Of the counter, or of the histogram without its endings. */
  name: string;
  labels: Readonly<Record<string, string>>;
  parts: Readonly<Record<string, number>>;
}

/**
 * The counters and histograms with the names, as far as their values are finite. A histogram without a bucket +Inf has as many
 * observations as its count says, and one without a count as many as +Inf: by the exposition format both are the same number
 * (https://prometheus.io/docs/instrumenting/exposition_formats/). Where they differ, +Inf is what Prometheus reads for quantiles.
 */
export function countedSeries(samples: readonly PrometheusSample[], names: ReadonlySet<string>): CountedSeries[] {
  const found = new Map<string, { name: string; labels: Record<string, string>; parts: Record<string, number> }>();
  for (const sample of samples) {
    const place = placeOf(sample, names);
    if (!place || !Number.isFinite(sample.value)) continue;
    const { name, labels, part } = place;
    const key = `${name}${JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)))}`;
    const series = found.get(key) ?? { name, labels, parts: {} };
    series.parts[part] = sample.value;
    found.set(key, series);
  }
  return [...found].map(([key, { name, labels, parts }]) => ({ key, name, labels, parts: completed(parts) }));
}

/** The histogram a name with one of its endings is of; undefined for other names. */
export function histogramOf(name: string): string | undefined {
  return /^(.+)_(?:sum|count|bucket)$/.exec(name)?.[1];
}

function placeOf({ name, labels }: PrometheusSample, names: ReadonlySet<string>) {
  if (!names.has(name)) return undefined;
  const histogram = histogramOf(name);
  if (histogram === undefined) return { name, labels, part: COUNTER_PART };
  if (!name.endsWith("_bucket")) return { name: histogram, labels, part: name.slice(histogram.length + 1) };
  const { le = "", ...others } = labels;
  const bound = /^\+?inf(inity)?$/i.test(le) ? Infinity : Number(le || Number.NaN);
  return Number.isNaN(bound) ? undefined : { name: histogram, labels: others, part: String(bound) };
}

function completed(parts: Record<string, number>): Record<string, number> {
  const { [ALL]: all, count } = parts;
  if (all === undefined && count !== undefined) return { ...parts, [ALL]: count };
  if (count === undefined && all !== undefined) return { ...parts, count: all };
  return parts;
}
