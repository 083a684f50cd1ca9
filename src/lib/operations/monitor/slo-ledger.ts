import { z } from "zod";
import type { Slo } from "../slo/slo.js";

export const sloEntrySchema = z.object({
  time: z.number(),
  good: z.number(),
  total: z.number(),
});

/** Requests of a stretch of time, and how many of them met the objective. */
export type SloEntry = z.infer<typeof sloEntrySchema>;

/** Older entries share a bin of so long: 28 days stay below ten thousand of them. */
const BINS: readonly (readonly [olderThanMs: number, binMs: number])[] = [
  [3 * 3_600_000, 300_000],
  [600_000, 60_000],
  [0, 1000],
];
const THIN_EVERY = 64;

/** What is known of one objective over its window. */
export class SloLedger {
  readonly slo: Slo;
  private items: SloEntry[];
  private sinceThinned = 0;

  constructor(slo: Slo, entries: readonly SloEntry[] = []) {
    this.slo = slo;
    this.items = [...entries];
  }

  get entries(): readonly SloEntry[] {
    return this.items;
  }

  /** Forgets all requests. */
  clear(): void {
    this.items = [];
  }

  /** Adds requests seen between two polls; those of a long gap are spread over it, whole ones. */
  add(from: number, to: number, { good, total }: { good: number; total: number }): void {
    const [, [, bin]] = BINS as [unknown, readonly [number, number]];
    const parts = Math.max(1, Math.min(10_000, Math.ceil((to - from) / bin)));
    const bad = total - good;
    for (let part = 1; part <= parts; part++) {
      const [goodPart, badPart] = [share(good, part, parts), share(bad, part, parts)];
      const counted = goodPart + badPart;
      if (counted > 0) this.items.push({ time: from + ((to - from) * part) / parts, good: goodPart, total: counted });
    }
    if (++this.sinceThinned >= THIN_EVERY) this.thin(to);
  }

  /** Requests of the last `ms`. */
  totals(now: number, ms: number): { good: number; total: number } {
    const totals = { good: 0, total: 0 };
    for (const { time, good, total } of this.items) {
      if (time <= now - ms) continue;
      totals.good += good;
      totals.total += total;
    }
    return totals;
  }

  private thin(now: number): void {
    this.sinceThinned = 0;
    const binOf = ({ time }: SloEntry) => {
      const [, bin] = BINS.find(([olderThan]) => now - time > olderThan) ?? [0, 1000];
      return Math.ceil(time / bin) * bin;
    };
    const kept: SloEntry[] = [];
    for (const entry of this.items) {
      if (entry.time <= now - this.slo.windowMs) continue;
      const last = kept.at(-1);
      if (last && binOf(last) === binOf(entry)) kept[kept.length - 1] = join(last, entry);
      else kept.push(entry);
    }
    this.items = kept;
  }
}

/** How many of a count belong to one of so many parts: whole ones, and all of the count together. */
function share(count: number, part: number, parts: number): number {
  return part === parts
    ? count - Math.floor((count * (part - 1)) / parts)
    : Math.floor((count * part) / parts) - Math.floor((count * (part - 1)) / parts);
}

function join(first: SloEntry, second: SloEntry): SloEntry {
  return { time: second.time, good: first.good + second.good, total: first.total + second.total };
}
