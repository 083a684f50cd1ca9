import type { LlamaContext, LlamaContextSequence, Token } from "node-llama-cpp";

/** A sequence of the context, held for the life of the engine, with the tokens its cache holds. */
export interface Slot {
  sequence: LlamaContextSequence;
  busy: boolean;
}

interface Waiter {
  tokens: readonly Token[];
  resolve: (slot: Slot) => void;
}

/** Hands out the slots of one context: the free slot with the longest common prefix, first come first served. */
export class SlotPool {
  private readonly slots: Slot[];
  private readonly waiting: Waiter[] = [];

  constructor(context: LlamaContext, count: number) {
    this.slots = Array.from({ length: count }, () => ({ sequence: context.getSequence(), busy: false }));
  }

  /** Waits for a free slot. Throws the signal's reason when it aborts first. */
  async acquire(tokens: readonly Token[], signal?: AbortSignal): Promise<Slot> {
    signal?.throwIfAborted();
    const free = this.best(tokens);
    if (free) {
      free.busy = true;
      return free;
    }
    return new Promise<Slot>((resolve, reject) => {
      const waiter: Waiter = { tokens, resolve: (slot) => (signal?.removeEventListener("abort", onAbort), resolve(slot)) };
      const onAbort = () => {
        this.waiting.splice(this.waiting.indexOf(waiter), 1);
        reject(signal?.reason as Error);
      };
      signal?.addEventListener("abort", onAbort, { once: true });
      this.waiting.push(waiter);
    });
  }

  release(slot: Slot): void {
    const next = this.waiting.shift();
    if (next) next.resolve(slot);
    else slot.busy = false;
  }

  private best(tokens: readonly Token[]): Slot | undefined {
    const free = this.slots.filter((slot) => !slot.busy);
    return free.reduce<Slot | undefined>(
      (best, slot) => (best && commonPrefix(best, tokens) >= commonPrefix(slot, tokens) ? best : slot),
      undefined,
    );
  }
}

function commonPrefix(slot: Slot, tokens: readonly Token[]): number {
  const held = slot.sequence.contextTokens;
  const length = Math.min(held.length, tokens.length);
  for (let i = 0; i < length; i++) if (held[i] !== tokens[i]) return i;
  return length;
}
