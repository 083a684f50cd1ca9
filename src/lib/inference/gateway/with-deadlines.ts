import { LlmopsError } from "../../base/errors/llmops-error.js";
import type { Chunk } from "../openai/completion.js";
import { feedOf, flow, type Feed, type Sink, type Stop } from "../openai/feed.js";
import { followSignal } from "../openai/follow-signal.js";
import type { Deadlines } from "../openai/deadlines.js";

/** Work that was told to stop gets so long to do it, in milliseconds. */
const GRACE_MS = 100;

/**
 * The chunks of a completion, stopped when it takes too long: `start` gets a signal that aborts when a
 * deadline passes or `outer` aborts. Fails with REQUEST_TIMEOUT naming the deadline that passed, whether or not the work ends.
 */
export function withDeadlines(start: (signal: AbortSignal) => AsyncIterable<Chunk>, deadlines: Deadlines, outer: AbortSignal): Feed<Chunk> {
  return feedOf((sink) => {
    const timed = new TimedChunks(sink, new DeadlineClock(deadlines, outer));
    timed.begin(start);
    return () => timed.stop();
  });
}

/** Chunks on their way to a sink until a deadline passes. */
class TimedChunks implements Sink<Chunk> {
  private readonly sink: Sink<Chunk>;
  private readonly clock: DeadlineClock;
  private stopWork: Stop | undefined;
  private grace: NodeJS.Timeout | undefined;
  private isOver = false;

  constructor(sink: Sink<Chunk>, clock: DeadlineClock) {
    this.sink = sink;
    this.clock = clock;
  }

  /** Throws what `start` throws. */
  begin(start: (signal: AbortSignal) => AsyncIterable<Chunk>): void {
    this.clock.whenPassed(() => (this.grace = setTimeout(() => this.pass(), GRACE_MS)));
    try {
      this.stopWork = flow(start(this.clock.signal), this);
    } catch (thrown) {
      this.close();
      throw thrown;
    }
  }

  take(chunk: Chunk): Promise<unknown> | undefined {
    if (this.isOver) return undefined;
    // what comes after the deadline is too late, whatever it is
    if (this.clock.signal.aborted) return void this.pass();
    if (chunk.type !== "prompt" && chunk.type !== "end" && chunk.type !== "finish") this.clock.token();
    return this.sink.take(chunk);
  }

  end(): void {
    this.settle(() => this.sink.end());
  }

  fail(thrown: unknown): void {
    this.settle(() => this.sink.fail(thrown));
  }

  stop(): Promise<unknown> | undefined {
    if (this.isOver) return undefined;
    this.close();
    return this.leave();
  }

  private settle(tell: () => void): void {
    if (this.isOver) return;
    if (this.clock.signal.aborted) return this.pass();
    this.close();
    tell();
  }

  private pass(): void {
    if (this.isOver) return;
    this.close();
    void this.leave();
    this.sink.fail(this.clock.signal.reason);
  }

  /** Work that does not heed its signal would not end here either. */
  private leave(): Promise<unknown> | undefined {
    const ended = this.stopWork?.();
    return this.clock.signal.aborted ? undefined : ended;
  }

  private close(): void {
    this.isOver = true;
    clearTimeout(this.grace);
    this.clock.stop();
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
  private onPassed: (() => void) | undefined;

  constructor({ totalMs, firstTokenMs, stallMs, hint }: Deadlines, outer: AbortSignal) {
    this.hint = hint;
    this.own = followSignal(outer);
    this.signal = this.own.controller.signal;
    this.stallMs = stallMs;
    this.total = this.after(totalMs, "The answer was not complete", "timeout");
    if (firstTokenMs !== undefined) this.first = this.after(firstTokenMs, "The first token was not there", "first_token_timeout");
    this.signal.addEventListener("abort", () => this.onPassed?.(), { once: true });
  }

  /** Calls the last one it was given, once, when a deadline passes or the outer signal aborts. */
  whenPassed(act: () => void): void {
    this.onPassed = act;
    if (this.signal.aborted) act();
  }

  /**
   * What some work gives, one at a time, unless a deadline passes or the outer signal aborts first: then the signal's reason is thrown
   * as soon as the work has stopped, or soon where it does not heed the signal.
   */
  unlessPassed<T>(work: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const pass = () => reject(this.signal.reason as Error);
      let grace: NodeJS.Timeout | undefined;
      this.whenPassed(() => (grace = setTimeout(pass, GRACE_MS)));
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
      const error = new LlmopsError("REQUEST_TIMEOUT", `${what} after ${ms / 1000} s, so the request was stopped.`, {
        hint: this.hint ?? `Raise ${param} (up to 300 s), lower max_tokens, or send fewer requests at once.`,
        param,
      });
      this.own.controller.abort(error);
    }, ms);
  }
}
