import { unlessAborted } from "../../openai/follow-signal.js";
import type { Answer, JsonObject, StreamedAnswer } from "../call.js";

/** An answer under way that several clients read. It goes on while anyone still reads, and stops with the last of them. */
export class Flight {
  /** Aborts when nobody reads any more. */
  readonly signal: AbortSignal;
  readonly answer: Promise<Answer>;
  /** Settles once the whole answer is there or has failed. */
  readonly landed: Promise<void>;
  private readonly controller = new AbortController();
  private readers = 0;
  private readonly events: JsonObject[] = [];
  private ended = false;
  private failure: unknown;
  private woken: (() => void)[] = [];

  /** `onEnd` gets a streamed answer's events once they are complete. */
  constructor(start: (signal: AbortSignal) => Promise<Answer>, onEnd: (answer: StreamedAnswer, events: JsonObject[]) => void) {
    this.signal = this.controller.signal;
    this.answer = start(this.signal);
    this.landed = this.answer.then(
      (answer) => (answer.kind === "stream" ? this.pump(answer, onEnd) : undefined),
      () => undefined,
    );
  }

  /** The answer as one client reads it. Throws the client's own reason when it goes away. */
  async join(signal: AbortSignal): Promise<Answer> {
    this.readers++;
    let left = false;
    const leave = () => {
      if (left) return;
      left = true;
      signal.removeEventListener("abort", leave);
      this.readers--;
      if (this.readers === 0) this.controller.abort(signal.reason);
      this.wake();
    };
    signal.addEventListener("abort", leave);
    if (signal.aborted) leave();
    try {
      const answer = await unlessAborted(this.answer, signal);
      if (answer.kind === "whole") {
        leave();
        return answer;
      }
      return { ...answer, events: this.read(signal, leave) };
    } catch (error) {
      leave();
      throw error;
    }
  }

  private async *read(signal: AbortSignal, leave: () => void): AsyncGenerator<JsonObject> {
    try {
      for (let next = 0; ; next++) {
        while (next >= this.events.length && !this.ended && !signal.aborted) await new Promise<void>((resolve) => this.woken.push(resolve));
        if (signal.aborted) throw signal.reason;
        if (next >= this.events.length) break;
        yield this.events[next] as JsonObject;
      }
      if (this.failure !== undefined) throw this.failure as Error;
    } finally {
      leave();
    }
  }

  private async pump(answer: StreamedAnswer, onEnd: (answer: StreamedAnswer, events: JsonObject[]) => void): Promise<void> {
    try {
      for await (const event of answer.events) {
        this.events.push(event);
        this.wake();
      }
      onEnd(answer, this.events);
    } catch (error) {
      this.failure = error;
    }
    this.ended = true;
    this.wake();
  }

  private wake(): void {
    const waiting = this.woken;
    this.woken = [];
    for (const resolve of waiting) resolve();
  }
}
