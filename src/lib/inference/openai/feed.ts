/** Takes the items of a stream, each in the turn it comes in. Exactly one of `end` and `fail` is the last it hears. */
export interface Sink<T> {
  /** Gives a promise, which never rejects, where the next item should not come before that has settled. */
  take(item: T): Promise<unknown> | undefined;
  end(): void;
  fail(thrown: unknown): void;
}

/** Ends a stream that nobody wants any more: its sink hears nothing further. The promise is there where that takes a while. */
export type Stop = () => Promise<unknown> | undefined;

/**
 * A stream that is handed on by plain calls. Every token of an answer passes through many hands: a promise in each of them costs more
 * than all the rest that is done for it. It is read once, by `flow`, or like any other stream.
 */
export abstract class Feed<T> implements AsyncIterable<T> {
  /** Begins to give the items to a sink, which may hear of them, and of the end, before this returns. Does not throw. */
  abstract flow(sink: Sink<T>): Stop;

  async *[Symbol.asyncIterator](): AsyncGenerator<T> {
    const reader = new Reader<T>();
    const stop = this.flow(reader);
    try {
      for (let next = await reader.next(); next; next = await reader.next()) yield next.item;
    } finally {
      await stop();
    }
  }
}

/** A stream that begins when it is read. What `start` throws fails the stream. */
export function feedOf<T>(start: (sink: Sink<T>) => Stop): Feed<T> {
  return new StartedFeed(start);
}

/** Gives the items of any stream to a sink. */
export function flow<T>(items: AsyncIterable<T>, sink: Sink<T>): Stop {
  return items instanceof Feed ? (items as Feed<T>).flow(sink) : new Pump(items, sink).begin();
}

/** The same; `over` hears once that it is over, however it ended, before the sink does. */
export function flowUntil<T>(items: AsyncIterable<T>, sink: Sink<T>, over: () => void): Stop {
  let isOver = false;
  const close = () => {
    if (!isOver) over();
    isOver = true;
  };
  const stop = flow(items, {
    take: (item) => sink.take(item),
    end: () => {
      close();
      sink.end();
    },
    fail: (thrown) => {
      close();
      sink.fail(thrown);
    },
  });
  return () => {
    close();
    return stop();
  };
}

/** Gives a sink several items. */
export function takeAll<T>(sink: Sink<T>, items: readonly T[]): Promise<unknown> | undefined {
  let full: Promise<unknown> | undefined;
  for (const item of items) full = sink.take(item) ?? full;
  return full;
}

class StartedFeed<T> extends Feed<T> {
  private readonly start: (sink: Sink<T>) => Stop;

  constructor(start: (sink: Sink<T>) => Stop) {
    super();
    this.start = start;
  }

  flow(sink: Sink<T>): Stop {
    try {
      return this.start(sink);
    } catch (thrown) {
      sink.fail(thrown);
      return () => undefined;
    }
  }
}

/** Reads a stream of the usual kind for a sink. */
class Pump<T> {
  private readonly items: AsyncIterator<T>;
  private readonly sink: Sink<T>;
  private isOver = false;

  constructor(items: AsyncIterable<T>, sink: Sink<T>) {
    this.items = items[Symbol.asyncIterator]();
    this.sink = sink;
  }

  begin(): Stop {
    this.run().then(
      () => this.finish(() => this.sink.end()),
      (thrown: unknown) => this.finish(() => this.sink.fail(thrown)),
    );
    return () => this.stop();
  }

  private async run(): Promise<void> {
    for (let next = await this.items.next(); !next.done && !this.isOver; next = await this.items.next()) {
      const full = this.take(next.value);
      if (full) await full;
      if (this.isOver) return;
    }
  }

  /** What a sink throws ends the stream. */
  private take(item: T): Promise<unknown> | undefined {
    try {
      return this.sink.take(item);
    } catch (thrown) {
      this.finish(() => this.sink.fail(thrown));
      void this.leave();
      return undefined;
    }
  }

  private finish(tell: () => void): void {
    if (this.isOver) return;
    this.isOver = true;
    tell();
  }

  private stop(): Promise<unknown> | undefined {
    if (this.isOver) return undefined;
    this.isOver = true;
    return this.leave();
  }

  private leave(): Promise<unknown> | undefined {
    return this.items.return?.().catch(() => undefined);
  }
}

/** Keeps items for one who asks for each; no more are wanted before that. */
class Reader<T> implements Sink<T> {
  private readonly items: T[] = [];
  private outcome: { thrown?: unknown } | undefined;
  private taken: (() => void) | undefined;
  private wake: (() => void) | undefined;

  take(item: T): Promise<unknown> {
    this.items.push(item);
    this.wake?.();
    return new Promise<void>((resolve) => (this.taken = resolve));
  }

  end(): void {
    this.outcome = {};
    this.wake?.();
  }

  fail(thrown: unknown): void {
    this.outcome = { thrown };
    this.wake?.();
  }

  /** Undefined at the end. Throws what the stream failed with. */
  async next(): Promise<{ item: T } | undefined> {
    if (this.items.length === 0) this.taken?.();
    if (this.items.length === 0 && !this.outcome) await new Promise<void>((resolve) => (this.wake = resolve));
    if (this.items.length > 0) return { item: this.items.shift() as T };
    if (this.outcome && "thrown" in this.outcome) throw this.outcome.thrown;
    return undefined;
  }
}
