import { Feed, flow, type Sink, type Stop } from "./feed.js";

/** Items that wait for their reader; once it is there they do not. */
export class FeedQueue<T> extends Feed<T> implements Sink<T> {
  private readonly items: T[] = [];
  private readonly onStop: Stop;
  private sink: Sink<T> | undefined;
  private outcome: { thrown?: unknown } | undefined;
  /** The sink has to be waited for. */
  private isFull = false;
  private isOver = false;
  /** Of those who wait until nothing does. */
  private emptied: { promise: Promise<void>; resolve: () => void } | undefined;

  /** `onStop` hears that the reader wants no more. */
  constructor(onStop: Stop = () => undefined) {
    super();
    this.onStop = onStop;
  }

  /** Adds an item; what waits is not bounded. */
  push(item: T): void {
    if (this.isOver || this.outcome) return;
    if (this.sink && !this.isFull && this.items.length === 0) this.give(this.sink, item);
    else this.items.push(item);
  }

  /** Adds an item, and gives a promise where it has to wait. */
  take(item: T): Promise<unknown> | undefined {
    this.push(item);
    return !this.isOver && (this.items.length > 0 || this.isFull) ? this.whenEmptied() : undefined;
  }

  end(): void {
    this.outcome ??= {};
    this.drain();
  }

  /** Fails once everything that waits was read. The first end or failure counts. */
  fail(thrown: unknown): void {
    this.outcome ??= { thrown };
    this.drain();
  }

  /** Fails at once: what waits is lost. */
  abort(thrown: unknown): void {
    if (this.outcome && "thrown" in this.outcome) return;
    this.outcome = { thrown };
    this.items.length = 0;
    if (this.sink) this.finish(this.sink);
  }

  flow(sink: Sink<T>): Stop {
    this.sink = sink;
    this.drain();
    return () => {
      if (this.isOver) return undefined;
      this.close();
      return this.onStop();
    };
  }

  private drain(): void {
    while (this.sink && !this.isFull && !this.isOver) {
      if (this.items.length > 0) this.give(this.sink, this.items.shift() as T);
      else {
        if (this.outcome) this.finish(this.sink);
        break;
      }
    }
    if (this.items.length === 0 && !this.isFull) this.noteEmptied();
  }

  private give(sink: Sink<T>, item: T): void {
    const full = sink.take(item);
    if (!full) return;
    this.isFull = true;
    const goOn = () => {
      this.isFull = false;
      this.drain();
    };
    full.then(goOn, goOn);
  }

  private finish(sink: Sink<T>): void {
    if (this.isOver) return;
    this.close();
    const { outcome = {} } = this;
    if ("thrown" in outcome) sink.fail(outcome.thrown);
    else sink.end();
  }

  private close(): void {
    this.isOver = true;
    this.items.length = 0;
    this.noteEmptied();
  }

  private whenEmptied(): Promise<void> {
    if (!this.emptied) {
      let resolve: () => void = () => undefined;
      const promise = new Promise<void>((done) => (resolve = done));
      this.emptied = { promise, resolve };
    }
    return this.emptied.promise;
  }

  private noteEmptied(): void {
    this.emptied?.resolve();
    this.emptied = undefined;
  }
}

/** A stream as its first item comes, or its end. What fails before that is thrown. */
export async function whenFlowing<T>(items: AsyncIterable<T>): Promise<Feed<T>> {
  let stop: Stop = () => undefined;
  const queue = new FeedQueue<T>(() => stop());
  const failure = await new Promise<{ thrown: unknown } | undefined>((begin) => {
    stop = flow(items, {
      take: (item) => {
        const full = queue.take(item);
        begin(undefined);
        return full;
      },
      end: () => {
        queue.end();
        begin(undefined);
      },
      fail: (thrown) => {
        queue.fail(thrown);
        begin({ thrown });
      },
    });
  });
  if (failure) throw failure.thrown;
  return queue;
}
