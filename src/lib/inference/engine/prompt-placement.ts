import type { NativeContext } from "./native-context.js";
import { commonPrefix, type Slot } from "./slots.js";

export interface PlacementOptions {
  reuse: boolean;
  /** A beginning held by another slot is copied when it spares at least so many tokens. */
  worthCopying: number;
}

/**
 * Prepares a slot for its job's prompt: keeps the beginning it already holds, or copies a longer one from a
 * busy slot. False when another job is just evaluating such a beginning: then the job waits, so that a burst
 * of requests over one long prompt evaluates it once.
 */
export async function placePrompt(
  native: NativeContext,
  slots: readonly Slot[],
  slot: Slot,
  { reuse, worthCopying }: PlacementOptions,
): Promise<boolean> {
  const { prompt = [], onPromptToken } = slot.job?.options ?? {};
  const limit = prompt.length - 1; // one token has to be evaluated to sample the next
  if (!reuse || onPromptToken) {
    empty(native, slot);
    return true;
  }
  const own = commonPrefix(slot.tokens, prompt, limit);
  // what windowed and recurrent models hold of another prompt cannot be cut back to its beginning
  const others = slots.filter((other) => other !== slot && (other.tokens.length === 0 || native.isWhole(other.id)));
  const [source, held] = longest(others, (other) => commonPrefix(other.tokens, prompt, limit));
  const [, coming] = longest(others.filter(isEvaluatingPrompt), (other) => commonPrefix(other.job?.options.prompt ?? [], prompt, limit));
  if (coming >= Math.max(own, held) + worthCopying) return false;
  if (source && held >= own + worthCopying) {
    await native.copy(slot.id, source.id);
    slot.tokens = [...source.tokens];
  }
  keepPrefix(native, slot, commonPrefix(slot.tokens, prompt, limit));
  return true;
}

function isEvaluatingPrompt({ job }: Slot): boolean {
  return job?.phase === "prefill";
}

function longest(slots: readonly Slot[], measure: (slot: Slot) => number): [Slot | undefined, number] {
  return slots.reduce<[Slot | undefined, number]>(
    (best, slot) => {
      const length = measure(slot);
      return length > best[1] ? [slot, length] : best;
    },
    [undefined, 0],
  );
}

function keepPrefix(native: NativeContext, slot: Slot, length: number): void {
  if (length === slot.tokens.length) return;
  if (!native.truncate(slot.id, length)) return empty(native, slot);
  slot.tokens.length = length;
}

function empty(native: NativeContext, slot: Slot): void {
  native.clear(slot.id);
  slot.tokens = [];
}
