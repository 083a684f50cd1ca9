import { LlmopsError } from "../../base/errors/llmops-error.js";
import type { Window } from "./expression.js";
import { keyOf, type Snapshot } from "./snapshot.js";

/** How far back windows reach at most. */
const LONGEST_WINDOW_MS = 6 * 3_600_000;
/** Snapshots older than this are thinned ... */
const FINE_MS = 300_000;
/** ... to one in so long: about 1,000 are kept, however short the interval. */
const COARSE_MS = 30_000;
const MOST_FINE = 300;

/** Throws INVALID_ARGUMENT for a window that scrapes are not kept for. */
export function checkWindow(ms: number): number {
  if (ms > 0 && ms <= LONGEST_WINDOW_MS) return ms;
  throw new LlmopsError("INVALID_ARGUMENT", `A measure cannot look back ${ms / 1000} s.`, {
    hint: "Measures look back up to 6h; longer windows are those of objectives (--slo).",
  });
}

/** The scrapes of a server, as far back as windows reach. */
export class History {
  private snapshots: Snapshot[] = [];

  get latest(): Snapshot | undefined {
    return this.snapshots.at(-1);
  }

  /** How many scrapes are kept. */
  get size(): number {
    return this.snapshots.length;
  }

  add(snapshot: Snapshot): void {
    this.snapshots.push(snapshot);
    const { time } = snapshot;
    const spacing = (age: number) => (age > FINE_MS ? COARSE_MS : FINE_MS / MOST_FINE);
    const kept: Snapshot[] = [];
    for (const one of this.snapshots) {
      if (time - one.time > LONGEST_WINDOW_MS + COARSE_MS) continue;
      const last = kept.at(-1);
      // the newest one always stays, and of each stretch the first
      if (!last || one === snapshot || one.time - last.time >= spacing(time - one.time)) kept.push(one);
    }
    this.snapshots = kept;
  }

  /** What happened in the last `ms`, or since the first scrape; undefined while there are not two of them. */
  window(ms: number): Window | undefined {
    const last = this.snapshots.at(-1);
    if (!last) return undefined;
    const first = this.snapshots.findLast(({ time }) => time <= last.time - ms) ?? this.snapshots[0];
    return first === undefined || first === last ? undefined : toWindow(first, last);
  }
}

/** What happened between two scrapes. What was not counted in the first one began between them. */
export function toWindow(first: Snapshot, last: Snapshot): Window {
  return {
    seconds: (last.time - first.time) / 1000,
    increase: (name, where) => (last.counters[keyOf(name, where)] ?? 0) - (first.counters[keyOf(name, where)] ?? 0),
    gauge: (name, where) => last.gauges[keyOf(name, where)],
    buckets: (name) => {
      const before = new Map(first.buckets[name]);
      return (last.buckets[name] ?? []).map(([bound, count]) => [bound, count - (before.get(bound) ?? 0)] as const);
    },
  };
}
