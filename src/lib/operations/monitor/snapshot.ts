import type { Matcher } from "./expression.js";

/** A histogram's cumulative counts by upper bound, ascending. */
type Buckets = readonly (readonly [bound: number, count: number])[];

/**
 * What is kept of one scrape: sums over series, so that it stays small however many labels there are. Counters and buckets have what was
 * counted since the watch began, so that the difference of two snapshots is what was counted between them, whatever was restarted.
 */
export interface Snapshot {
  /** Milliseconds since the epoch. */
  time: number;
  counters: Readonly<Record<string, number>>;
  /** As the server had them. */
  gauges: Readonly<Record<string, number>>;
  buckets: Readonly<Record<string, Buckets>>;
}

/** Names a sum over some series of a metric. */
export function keyOf(name: string, where?: Matcher): string {
  return where ? `${name}{${where.label}${where.not ? "!" : ""}=${where.values.join("|")}}` : name;
}

/** Before anything was counted. */
export function emptySnapshot(time: number): Snapshot {
  return { time, counters: {}, gauges: {}, buckets: {} };
}
