import { unlessAborted } from "../../openai/follow-signal.js";
import type { Answer, JsonObject, StreamedAnswer } from "../call.js";
import type { Fare } from "../fare.js";
import { Spending } from "../spending.js";

/**
 * An answer under way that several clients read. It goes on while anyone still reads, and stops with the last of them. One of them pays
 * for all of it: whoever began it, or, when that one gives up while others read on, the one of them that came first.
 */
export class Flight {
  /** Aborts when nobody reads any more. */
  readonly signal: AbortSignal;
  readonly answer: Promise<Answer>;
  /** Settles once the whole answer is there or has failed. */
  readonly landed: Promise<void>;
  private readonly controller = new AbortController();
  private readonly spending = new Spending((losses) => this.payer?.book(losses) ?? Promise.resolve(false));
  /** Those that read, as they came. */
  private readonly readers = new Set<Fare>();
  private readonly events: JsonObject[] = [];
  private ended = false;
  private failure: unknown;
  private woken: (() => void)[] = [];

  /** `onEnd` gets the answer once it is complete, whoever waits for it then; the events are those of a stream. */
  constructor(start: (signal: AbortSignal, spending: Spending) => Promise<Answer>, onEnd: (answer: Answer, events: JsonObject[]) => void) {
    this.signal = this.controller.signal;
    this.answer = start(this.signal, this.spending);
    this.landed = this.answer.then(
      (answer) => {
        for (const fare of this.readers) fare.answer = answer;
        if (answer.kind === "stream") return this.pump(answer, onEnd);
        this.ended = true;
        return onEnd(answer, []);
      },
      () => void (this.ended = true),
    );
  }

  /** The answer as one client reads it. Throws the client's own reason when it goes away. */
  async join(signal: AbortSignal, fare: Fare): Promise<Answer> {
    this.readers.add(fare);
    fare.events = this.events;
    fare.spending = this.spending;
    const leave = () => {
      if (!this.readers.delete(fare)) return;
      signal.removeEventListener("abort", leave);
      this.handOver(fare);
      if (this.readers.size === 0) this.controller.abort(signal.reason);
      this.wake();
    };
    signal.addEventListener("abort", leave);
    if (signal.aborted) leave();
    try {
      const answer = await unlessAborted(this.answer, signal);
      fare.answer = answer;
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

  /** Who pays for what is still to come; undefined where nobody waits any more. */
  private get payer(): Fare | undefined {
    return [...this.readers].find(({ pays }) => pays);
  }

  /** Who leaves before the end no longer pays where another reads on. */
  private handOver(from: Fare): void {
    const [next] = this.readers;
    if (this.ended || !from.pays || !next) return;
    from.pays = false;
    next.pays = true;
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

  private async pump(answer: StreamedAnswer, onEnd: (answer: Answer, events: JsonObject[]) => void): Promise<void> {
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
