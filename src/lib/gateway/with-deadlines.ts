import { LlmopsError } from "../errors/llmops-error.js";
import type { Chunk } from "../openai/completion.js";
import { followSignal } from "../openai/follow-signal.js";
import type { Deadlines } from "../openai/deadlines.js";

/** Work that was told to stop gets so long to do it, in milliseconds. */
const GRACE_MS = 100;

/**
 * The chunks of a completion, stopped when it takes too long: `start` gets a signal that aborts when a
 * deadline passes or `outer` aborts. Throws REQUEST_TIMEOUT naming the deadline that passed, whether or not the work ends.
 */
export async function* withDeadlines(
  start: (signal: AbortSignal) => AsyncIterable<Chunk>,
  deadlines: Deadlines,
  outer: AbortSignal,
): AsyncGenerator<Chunk> {
  const clock = new DeadlineClock(deadlines, outer);
  const chunks = start(clock.signal)[Symbol.asyncIterator]();
  let isOver = false;
  try {
    for (;;) {
      const next = await clock.unlessPassed(chunks.next());
      isOver = next.done === true;
      if (next.done) return;
      const { value: chunk } = next;
      if (chunk.type === "text" || chunk.type === "thought" || chunk.type === "tool_call") clock.token();
      yield chunk;
    }
  } catch (thrown) {
    isOver = !clock.signal.aborted;
    throw thrown;
  } finally {
    clock.stop();
    if (!isOver) {
      const ended = chunks.return?.().catch(() => undefined);
      // work that does not heed its signal would not end here either
      if (!clock.signal.aborted) await ended;
    }
  }
}

/** What some work gives in time; otherwise as withDeadlines. */
export async function withinDeadline<T>(work: (signal: AbortSignal) => Promise<T>, deadlines: Deadlines, outer: AbortSignal): Promise<T> {
  const clock = new DeadlineClock(deadlines, outer);
  try {
    return await clock.unlessPassed(work(clock.signal));
  } finally {
    clock.stop();
  }
}

/** Three timers around one completion; a token ends the first and restarts the last. */
export class DeadlineClock {
  readonly signal: AbortSignal;
  private readonly stallMs: number | undefined;
  private readonly total: NodeJS.Timeout;
  private readonly first: NodeJS.Timeout | undefined;
  private stall: NodeJS.Timeout | undefined;
  private readonly own: ReturnType<typeof followSignal>;
  private readonly hint: string | undefined;
  private whenPassed: (() => void) | undefined;

  constructor({ totalMs, firstTokenMs, stallMs, hint }: Deadlines, outer: AbortSignal) {
    this.hint = hint;
    this.own = followSignal(outer);
    this.signal = this.own.controller.signal;
    this.stallMs = stallMs;
    this.total = this.after(totalMs, "The answer was not complete", "timeout");
    if (firstTokenMs !== undefined) this.first = this.after(firstTokenMs, "The first token was not there", "first_token_timeout");
    this.signal.addEventListener("abort", () => this.whenPassed?.(), { once: true });
  }

  /**
   * What some work gives, one at a time, unless a deadline passes or the outer signal aborts first: then the signal's reason is thrown
   * as soon as the work has stopped, or soon where it does not heed the signal.
   */
  unlessPassed<T>(work: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const pass = () => reject(this.signal.reason as Error);
      let grace: NodeJS.Timeout | undefined;
      this.whenPassed = () => (grace = setTimeout(pass, GRACE_MS));
      if (this.signal.aborted) this.whenPassed();
      const settle = () => {
        clearTimeout(grace);
        // what comes after the deadline is too late, whatever it is
        if (this.signal.aborted) pass();
        else resolve(work);
      };
      work.then(settle, settle);
    });
  }

  token(): void {
    clearTimeout(this.first);
    if (this.stall) this.stall.refresh();
    else if (this.stallMs !== undefined) this.stall = this.after(this.stallMs, "No further token came", "stall_timeout");
  }

  stop(): void {
    this.own.release();
    for (const timer of [this.total, this.first, this.stall]) clearTimeout(timer);
  }

  private after(ms: number, what: string, param: string): NodeJS.Timeout {
    return setTimeout(() => {
      const error = new LlmopsError("REQUEST_TIMEOUT", `${what} after ${ms / 1000} s; the work was stopped.`, {
        hint: this.hint ?? `Raise ${param} (up to 300 s), lower max_tokens, or send fewer requests at once.`,
        param,
      });
      this.own.controller.abort(error);
    }, ms);
  }
}
