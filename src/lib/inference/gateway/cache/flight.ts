import { feedOf, flow, flowUntil, type Feed } from "../../openai/feed.js";
import { FeedQueue } from "../../openai/feed-queue.js";
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
  private failure: { thrown: unknown } | undefined;
  /** Of those that read it now. */
  private readonly queues = new Set<FeedQueue<JsonObject>>();

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

  private read(signal: AbortSignal, leave: () => void): Feed<JsonObject> {
    return feedOf((sink) => {
      const queue = new FeedQueue<JsonObject>();
      for (const event of this.events) queue.push(event);
      const abort = () => queue.abort(signal.reason);
      signal.addEventListener("abort", abort, { once: true });
      if (signal.aborted) abort();
      this.queues.add(queue);
      if (this.ended) this.settle(queue);
      return flowUntil(queue, sink, () => {
        signal.removeEventListener("abort", abort);
        this.queues.delete(queue);
        leave();
      });
    });
  }

  /** Resolves once the events have ended. */
  private pump(answer: StreamedAnswer, onEnd: (answer: Answer, events: JsonObject[]) => void): Promise<void> {
    return new Promise((resolve) => {
      flow(answer.events, {
        take: (event) => {
          this.events.push(event);
          for (const queue of this.queues) queue.push(event);
          return undefined;
        },
        end: () => {
          this.end(() => onEnd(answer, this.events));
          resolve();
        },
        fail: (thrown) => {
          this.end(() => {
            throw thrown;
          });
          resolve();
        },
      });
    });
  }

  /** What the last work throws is what the answer failed with. */
  private end(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.failure = { thrown: error };
    }
    this.ended = true;
    for (const queue of this.queues) this.settle(queue);
  }

  private settle(queue: FeedQueue<JsonObject>): void {
    if (this.failure) queue.fail(this.failure.thrown);
    else queue.end();
  }
}
