import { LlmopsError } from "../../base/errors/llmops-error.js";

/** So much work of one caller waits at most, and of all callers together. What this program asks for itself waits without a limit. */
const MOST_OF_CALLER = 32;
const MOST_WAITING = 256;

/** Who asks for a piece of work, and when it is no longer wanted. */
export interface Asking {
  /** Callers take turns; work without one is this program's own. */
  caller?: string | undefined;
  signal?: AbortSignal | undefined;
}

interface Waiting {
  start: () => void;
}

/**
 * Does one piece of work after another, in turns of the callers who asked for it: a caller with much to do waits for itself. Each caller
 * has its work done in the order it asked for it.
 */
export class Turns {
  private readonly lists = new Map<string | undefined, Waiting[]>();
  private isBusy = false;
  private waiting = 0;
  /** Milliseconds that a piece of work takes, smoothed. */
  private typicalMs = 0;
  private readonly now: () => number;

  /** `now` is a clock in milliseconds. */
  constructor(now: () => number = () => performance.now()) {
    this.now = now;
  }

  /**
   * The result of the work, once it was its turn. Throws what the work throws, QUEUE_FULL where too much waits already, and the signal's
   * reason where it is no longer wanted before it begins.
   */
  async take<T>(work: () => Promise<T>, { caller, signal }: Asking = {}): Promise<T> {
    signal?.throwIfAborted();
    if (this.isBusy) await this.turnOf(caller, signal);
    this.isBusy = true;
    const begun = this.now();
    try {
      return await work();
    } finally {
      const took = this.now() - begun;
      this.typicalMs = this.typicalMs === 0 ? took : this.typicalMs * 0.8 + took * 0.2;
      this.isBusy = false;
      this.next();
    }
  }

  private async turnOf(caller: string | undefined, signal: AbortSignal | undefined): Promise<void> {
    const list = this.lists.get(caller) ?? [];
    const isTooMuch = list.length >= MOST_OF_CALLER || this.waiting >= MOST_WAITING;
    if (caller !== undefined && isTooMuch) throw this.refusal(list.length);
    this.lists.set(caller, list);
    await new Promise<void>((resolve, reject) => {
      const entry: Waiting = {
        start: () => {
          signal?.removeEventListener("abort", leave);
          resolve();
        },
      };
      const leave = () => {
        list.splice(list.indexOf(entry), 1);
        if (list.length === 0) this.lists.delete(caller);
        this.waiting--;
        reject(signal?.reason as Error);
      };
      signal?.addEventListener("abort", leave, { once: true });
      list.push(entry);
      this.waiting++;
    });
  }

  /** Starts the first work of the caller whose turn it is, who then is behind the others. */
  private next(): void {
    for (const [caller, list] of this.lists) {
      this.lists.delete(caller);
      const first = list.shift();
      if (!first) continue;
      if (list.length > 0) this.lists.set(caller, list);
      this.waiting--;
      // nobody who comes before it goes on takes its turn
      this.isBusy = true;
      return first.start();
    }
  }

  private refusal(own: number): LlmopsError {
    const retryAfterSeconds = Math.max(1, Math.ceil((this.waiting * this.typicalMs) / 1000));
    return new LlmopsError("QUEUE_FULL", `${this.waiting} schemas wait to be made grammars of, ${own} of them yours.`, {
      hint: `Try again in about ${retryAfterSeconds} s, or ask with fewer different schemas at once: each is read once and kept.`,
      retryAfterSeconds,
    });
  }
}
