import { z } from "zod";
import { readingsOf, type Expression, type Matcher } from "./expression.js";
import type { PrometheusSample } from "./prometheus-text.js";

/** A histogram's cumulative counts by upper bound, ascending. */
type Buckets = readonly (readonly [bound: number, count: number])[];

/** What is kept of one scrape: sums over series, so that it stays small however many labels there are. */
export interface Snapshot {
  /** Milliseconds since the epoch. */
  time: number;
  counters: Readonly<Record<string, number>>;
  gauges: Readonly<Record<string, number>>;
  buckets: Readonly<Record<string, Buckets>>;
}

export const savedSnapshotSchema = z.object({
  time: z.number().describe("Milliseconds since the epoch."),
  counters: z.record(z.string(), z.number()).readonly(),
  gauges: z.record(z.string(), z.number()).readonly(),
  buckets: z
    .record(z.string(), z.array(z.tuple([z.number().nullable(), z.number()]).readonly()).readonly())
    .readonly()
    .describe("Cumulative counts by upper bound, ascending; the bound null is infinity, which JSON does not have."),
});

/** A snapshot as it is in a file. */
export type SavedSnapshot = z.infer<typeof savedSnapshotSchema>;

/** A snapshot for a file. */
export function toSaved(snapshot: Snapshot): SavedSnapshot {
  const buckets = mapBuckets(snapshot.buckets, (bound) => (bound === Infinity ? null : bound));
  return { ...snapshot, buckets };
}

/** A snapshot of a file. */
export function fromSaved(saved: SavedSnapshot): Snapshot {
  return { ...saved, buckets: mapBuckets(saved.buckets, (bound) => bound ?? Infinity) };
}

function mapBuckets<From, To>(
  all: Readonly<Record<string, readonly (readonly [From, number])[]>>,
  toBound: (bound: From) => To,
): Record<string, [To, number][]> {
  return Object.fromEntries(Object.entries(all).map(([name, own]) => [name, own.map(([bound, count]) => [toBound(bound), count])]));
}

/** Names a sum over some series of a metric. */
export function keyOf(name: string, where?: Matcher): string {
  return where ? `${name}{${where.label}${where.not ? "!" : ""}=${where.values.join("|")}}` : name;
}

/**
 * Sums up a scrape to what expressions need. A counter or histogram that is not there has not counted yet; a series whose value is not
 * finite says nothing, and would leave nothing of the others.
 */
export function toSnapshot(samples: readonly PrometheusSample[], expressions: readonly Expression[], time: number): Snapshot {
  const byName = new Map<string, PrometheusSample[]>();
  for (const sample of samples) {
    if (!Number.isFinite(sample.value)) continue;
    const known = byName.get(sample.name);
    if (known) known.push(sample);
    else byName.set(sample.name, [sample]);
  }
  const counters: Record<string, number> = {};
  const gauges: Record<string, number> = {};
  const buckets: Record<string, Buckets> = {};
  for (const reading of expressions.flatMap(readingsOf)) {
    if (reading.kind === "quantile" || reading.kind === "upTo") {
      buckets[reading.name] ??= sumBuckets(byName.get(`${reading.name}_bucket`) ?? []);
      continue;
    }
    const { name, where } = reading;
    const found = (byName.get(name) ?? []).filter(({ labels }) => matches(labels, where));
    const total = found.reduce((sum, { value }) => sum + value, 0);
    if (reading.kind !== "gauge") counters[keyOf(name, where)] = total;
    else if (found.length > 0) gauges[keyOf(name, where)] = total;
  }
  return { time, counters, gauges, buckets };
}

function matches(labels: Readonly<Record<string, string>>, where: Matcher | undefined): boolean {
  if (!where) return true;
  return where.values.includes(labels[where.label] ?? "") !== (where.not ?? false);
}

function sumBuckets(samples: readonly PrometheusSample[]): Buckets {
  const sums = new Map<number, number>();
  for (const { labels, value } of samples) {
    const bound = labels["le"] === "+Inf" ? Infinity : Number(labels["le"]);
    if (!Number.isNaN(bound)) sums.set(bound, (sums.get(bound) ?? 0) + value);
  }
  return [...sums].sort(([a], [b]) => a - b);
}

/** The same keys, all of them 0: a server as it was when it started. */
export function emptySnapshot({ counters, buckets }: Snapshot, time: number): Snapshot {
  return {
    time,
    counters: Object.fromEntries(Object.keys(counters).map((key) => [key, 0])),
    gauges: {},
    buckets: Object.fromEntries(Object.entries(buckets).map(([name, own]) => [name, own.map(([bound]) => [bound, 0] as const)])),
  };
}
