import { z } from "zod";
import { COUNTER_PART, countedSeries, histogramOf, type CountedSeries } from "./counted-series.js";
import { readingsOf, type Expression, type Matcher } from "./expression.js";
import type { PrometheusSample } from "./prometheus-text.js";
import { keyOf, type Snapshot } from "./snapshot.js";

/** A series that was not seen for so long is forgotten. */
const FORGET_MS = 6 * 3_600_000;
/** Clocks of servers that compute when they started are not more exact. */
const SAME_START_MS = 1000;

export const savedTotalsSchema = z.object({
  time: z.number().describe("Of the last scrape, milliseconds since the epoch."),
  startedAt: z.number().optional().describe("When the server's process started, where it says so."),
  series: z
    .record(z.string(), z.object({ seenAt: z.number(), parts: z.record(z.string(), z.number()) }))
    .describe("The last values of what is counted: of a counter, or a histogram's buckets, sum, and count."),
});

/** What is remembered of a server's counters, to know later what they grew by. */
export type SavedTotals = z.infer<typeof savedTotalsSchema>;

type Parts = Readonly<Record<string, number>>;
type Reading = ReturnType<typeof readingsOf>[number];

/**
 * Adds up what the counters of a server grew by. As for Prometheus' rate(), a series begins with its first value, and one that went down
 * was started again from 0; and a histogram's parts are taken together, so that its buckets always fit its count.
 */
export class SeriesTotals {
  private last: SavedTotals | undefined;
  private readonly counters = new Map<string, number>();
  private readonly buckets = new Map<string, Map<number, number>>();

  constructor(saved?: SavedTotals) {
    this.last = saved;
  }

  /** What to keep; undefined before the first scrape. */
  get saved(): SavedTotals | undefined {
    return this.last;
  }

  /** Takes in a scrape. All of what is counted is new where the server is looked at `fromZero`, or was started since the last one. */
  take(samples: readonly PrometheusSample[], expressions: readonly Expression[], time: number, fromZero = false): Snapshot {
    const readings = expressions.flatMap(readingsOf);
    const series = countedSeries(samples, namesOf(readings));
    const startedAt = startOf(samples);
    const isNew = fromZero || (this.last !== undefined && wasStarted(this.last, series, startedAt));
    const grown = series.map(({ key, name, labels, parts }) => ({ name, labels, parts: growth(parts, this.last?.series[key], isNew) }));
    const gauges: Record<string, number> = {};
    for (const reading of unique(readings)) {
      if (reading.kind === "quantile" || reading.kind === "upTo") this.addBuckets(reading.name, grown);
      else if (reading.kind !== "gauge") this.addCounter(reading.name, reading.where, grown);
      else {
        const found = samples.filter((sample) => sample.name === reading.name && isOf(sample, reading.where));
        const finite = found.filter(({ value }) => Number.isFinite(value));
        if (finite.length > 0) gauges[keyOf(reading.name, reading.where)] = finite.reduce((sum, { value }) => sum + value, 0);
      }
    }
    this.remember(series, { time, startedAt, isNew });
    return { time, counters: Object.fromEntries(this.counters), gauges, buckets: this.sortedBuckets() };
  }

  private addCounter(name: string, where: Matcher | undefined, grown: readonly Omit<CountedSeries, "key">[]): void {
    const histogram = histogramOf(name);
    const part = histogram === undefined ? COUNTER_PART : name.slice(histogram.length + 1);
    const own = grown.filter((series) => series.name === (histogram ?? name) && isOf(series, where));
    const key = keyOf(name, where);
    this.counters.set(
      key,
      own.reduce((sum, { parts }) => sum + (parts[part] ?? 0), this.counters.get(key) ?? 0),
    );
  }

  private addBuckets(name: string, grown: readonly Omit<CountedSeries, "key">[]): void {
    const sums = this.buckets.get(name) ?? new Map<number, number>();
    this.buckets.set(name, sums);
    for (const { name: own, parts } of grown) {
      if (own !== name) continue;
      for (const [part, count] of Object.entries(parts)) {
        const bound = Number(part);
        if (!Number.isNaN(bound)) sums.set(bound, (sums.get(bound) ?? 0) + count);
      }
    }
  }

  private sortedBuckets(): Snapshot["buckets"] {
    return Object.fromEntries([...this.buckets].map(([name, sums]) => [name, [...sums].sort(([a], [b]) => a - b)]));
  }

  private remember(
    series: readonly CountedSeries[],
    { time, startedAt, isNew }: { time: number; startedAt: number | undefined; isNew: boolean },
  ): void {
    const recent = Object.entries(this.last?.series ?? {}).filter(([, { seenAt }]) => time - seenAt <= FORGET_MS);
    // in a new process, what is not seen yet is at 0
    const kept = isNew ? recent.map(([key, own]) => [key, { ...own, parts: mapParts(own.parts, () => 0) }] as const) : recent;
    const seen = series.map(({ key, parts }) => [key, { seenAt: time, parts: { ...parts } }] as const);
    this.last = { time, ...(startedAt !== undefined && { startedAt }), series: Object.fromEntries([...kept, ...seen]) };
  }
}

/** When a server's process started, milliseconds since the epoch; undefined where it does not say. */
export function startOf(samples: readonly PrometheusSample[]): number | undefined {
  const seconds = samples.find(({ name }) => name === "process_start_time_seconds")?.value;
  return seconds !== undefined && Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : undefined;
}

/** The names of the counters and histograms that are read. */
function namesOf(readings: readonly Reading[]): ReadonlySet<string> {
  return new Set(
    readings.flatMap(({ kind, name }) => {
      const histogram = kind === "quantile" || kind === "upTo" ? name : histogramOf(name);
      if (histogram !== undefined) return ["bucket", "sum", "count"].map((ending) => `${histogram}_${ending}`);
      return kind === "gauge" ? [] : [name];
    }),
  );
}

/** Once each: what two expressions read grew only once. */
function unique(readings: readonly Reading[]): Reading[] {
  const keyed = readings.map((reading): [string, Reading] => {
    if (reading.kind === "quantile" || reading.kind === "upTo") return [`buckets ${reading.name}`, reading];
    return [`${reading.kind === "gauge" ? "gauge" : "counter"} ${keyOf(reading.name, reading.where)}`, reading];
  });
  return [...new Map(keyed).values()];
}

/** Whether the process is another one than at the last scrape: it says so, or everything that had counted went down. */
function wasStarted(last: SavedTotals, series: readonly CountedSeries[], startedAt: number | undefined): boolean {
  if (startedAt !== undefined && startedAt > (last.startedAt === undefined ? last.time : last.startedAt + SAME_START_MS)) return true;
  const both = series.flatMap(({ key, parts }) => {
    const before = last.series[key]?.parts;
    return before && Object.values(before).some((value) => value > 0) ? [{ before, parts }] : [];
  });
  return both.length > 0 && both.every(({ before, parts }) => wentDown(before, parts));
}

/** What each part grew by; nothing where it has no earlier value, as then the others would not fit it. */
function growth(parts: Parts, before: { parts: Parts } | undefined, isNew: boolean): Parts {
  if (isNew || (before && wentDown(before.parts, parts))) return parts;
  if (!before || Object.keys(parts).some((part) => !(part in before.parts))) return mapParts(parts, () => 0);
  return mapParts(parts, (value, part) => value - (before.parts[part] ?? value));
}

function wentDown(before: Parts, now: Parts): boolean {
  return Object.entries(now).some(([part, value]) => value < (before[part] ?? value));
}

function mapParts(parts: Parts, valueOf: (value: number, part: string) => number): Parts {
  return Object.fromEntries(Object.entries(parts).map(([part, value]) => [part, valueOf(value, part)]));
}

function isOf({ labels }: { labels: Readonly<Record<string, string>> }, where: Matcher | undefined): boolean {
  if (!where) return true;
  return where.values.includes(labels[where.label] ?? "") !== (where.not ?? false);
}
