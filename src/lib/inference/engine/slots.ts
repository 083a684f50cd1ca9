import type { Job } from "./job.js";

/** A sequence of the context, held for the life of the engine, with the tokens its cache holds. */
export interface Slot {
  readonly id: number;
  tokens: number[];
  job: Job | undefined;
  /** A counter that grows with every release: the smallest was used longest ago. */
  lastUsed: number;
}

/** A cached beginning worth less than this many tokens does not decide which slot is taken. */
const WORTHWHILE_TOKENS = 64;

/** How many tokens two lists share from their beginning, at most `limit`. */
export function commonPrefix(a: readonly number[], b: readonly number[], limit = Infinity): number {
  const length = Math.min(a.length, b.length, limit);
  for (let i = 0; i < length; i++) if (a[i] !== b[i]) return i;
  return length;
}

/**
 * The free slot for a prompt: the one that holds the longest beginning of it. Among equals, the one that
 * keeps busy ids together (llama.cpp evaluates only neighboring sequences in one pass), then the one
 * unused for longest, so that several conversations keep their caches.
 */
export function chooseSlot(slots: readonly Slot[], prompt: readonly number[]): Slot | undefined {
  const busy = slots.map((slot) => slot.job !== undefined);
  const ranked = slots
    .filter((slot) => slot.job === undefined)
    .map((slot) => ({ slot, prefix: commonPrefix(slot.tokens, prompt), joins: joins(busy, slot.id) }));
  const longest = Math.max(...ranked.map((r) => r.prefix));
  const close = ranked.filter((r) => r.prefix > longest - WORTHWHILE_TOKENS);
  const candidates = longest >= WORTHWHILE_TOKENS ? close.filter((r) => r.prefix >= WORTHWHILE_TOKENS) : close;
  return candidates.sort((a, b) => b.joins - a.joins || a.slot.lastUsed - b.slot.lastUsed || a.slot.id - b.slot.id)[0]?.slot;
}

/** How many busy neighbors a free slot has; any place is as good when nothing is busy. */
function joins(busy: readonly boolean[], id: number): number {
  return Number(busy[id - 1] ?? false) + Number(busy[id + 1] ?? false);
}
