import { LlmopsError } from "../errors/llmops-error.js";
import type { Chunk } from "../openai/completion.js";
import { followSignal } from "../openai/follow-signal.js";
import type { Deadlines } from "../openai/deadlines.js";

/**
 * The chunks of a completion, stopped when it takes too long: `start` gets a signal that aborts when a
 * deadline passes or `outer` aborts. Throws REQUEST_TIMEOUT naming the deadline that passed.
 */
export async function* withDeadlines(
  start: (signal: AbortSignal) => AsyncIterable<Chunk>,
  deadlines: Deadlines,
  outer: AbortSignal,
): AsyncGenerator<Chunk> {
  const clock = new DeadlineClock(deadlines, outer);
  try {
    for await (const chunk of start(clock.signal)) {
      // what comes after the deadline is not waited for, and what is there then is not whole
      clock.signal.throwIfAborted();
      if (chunk.type === "text" || chunk.type === "thought" || chunk.type === "tool_call") clock.token();
      yield chunk;
    }
    clock.signal.throwIfAborted();
  } catch (thrown) {
    clock.signal.throwIfAborted();
    throw thrown;
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

  constructor({ totalMs, firstTokenMs, stallMs, hint }: Deadlines, outer: AbortSignal) {
    this.hint = hint;
    this.own = followSignal(outer);
    this.signal = this.own.controller.signal;
    this.stallMs = stallMs;
    this.total = this.after(totalMs, "The answer was not complete", "timeout");
    if (firstTokenMs !== undefined) this.first = this.after(firstTokenMs, "The first token was not there", "first_token_timeout");
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
