import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Feed, feedOf, flow, flowUntil, takeAll, type Sink } from "./feed.js";
import { FeedQueue, whenFlowing } from "./feed-queue.js";

/** What a sink heard, in its order. */
class Heard implements Sink<number> {
  readonly all: unknown[] = [];
  /** Where the next item has to wait: what lets it go on. */
  goOn: (() => void) | undefined;
  private readonly waitsAfter: ReadonlySet<number>;

  constructor(waitsAfter: readonly number[] = []) {
    this.waitsAfter = new Set(waitsAfter);
  }

  take(item: number): Promise<void> | undefined {
    this.all.push(item);
    return this.waitsAfter.has(item) ? new Promise((resolve) => (this.goOn = resolve)) : undefined;
  }

  end(): void {
    this.all.push("end");
  }

  fail(thrown: unknown): void {
    this.all.push({ thrown });
  }
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

async function readAll(items: AsyncIterable<number>): Promise<number[]> {
  const read: number[] = [];
  for await (const item of items) read.push(item);
  return read;
}

async function* counting(upTo: number, noted: { ended?: boolean } = {}): AsyncGenerator<number> {
  try {
    for (let i = 0; i < upTo; i++) yield await Promise.resolve(i);
  } finally {
    noted.ended = true;
  }
}

describe("FeedQueue", () => {
  it("hands over what waits, then each item in the turn it comes, then the end", () => {
    const queue = new FeedQueue<number>();
    queue.push(1);
    const heard = new Heard();
    queue.flow(heard);
    queue.push(2);
    expect(heard.all).toEqual([1, 2]);
    queue.end();
    queue.push(3);
    expect(heard.all).toEqual([1, 2, "end"]);
  });

  it("waits for a sink that is full, and tells whoever gives items so", async () => {
    const queue = new FeedQueue<number>();
    const heard = new Heard([1]);
    queue.flow(heard);
    expect(queue.take(0)).toBeUndefined();
    let hasRoom = false;
    void queue.take(1)?.then(() => (hasRoom = true));
    queue.push(2);
    queue.end();
    await turn();
    expect([heard.all, hasRoom]).toEqual([[0, 1], false]);
    heard.goOn?.();
    await turn();
    expect([heard.all, hasRoom]).toEqual([[0, 1, 2, "end"], true]);
  });

  it("fails after what waits, and at once when it is aborted", () => {
    const [late, now] = [new FeedQueue<number>(), new FeedQueue<number>()];
    const [lateHeard, nowHeard] = [new Heard(), new Heard()];
    for (const queue of [late, now]) queue.push(1);
    late.fail("broken");
    late.fail("later");
    now.abort("gone");
    now.abort("later");
    late.flow(lateHeard);
    now.flow(nowHeard);
    expect(lateHeard.all).toEqual([1, { thrown: "broken" }]);
    expect(nowHeard.all).toEqual([{ thrown: "gone" }]);
  });

  it("gives nothing once it is stopped, and says so", () => {
    let stopped = 0;
    const queue = new FeedQueue<number>(() => void stopped++);
    const heard = new Heard();
    const stop = queue.flow(heard);
    queue.push(1);
    void stop();
    void stop();
    queue.push(2);
    queue.end();
    expect([heard.all, stopped]).toEqual([[1], 1]);
  });

  it("gives every item once and in order, whenever its reader comes and waits", async () => {
    const property = fc.asyncProperty(
      fc.array(fc.constantFrom("push", "read", "go on", "turn")),
      fc.array(fc.nat(20)),
      async (acts, waitsAfter) => {
        const queue = new FeedQueue<number>();
        const heard = new Heard(waitsAfter);
        let [pushed, isRead] = [0, false];
        const read = () => {
          if (!isRead) queue.flow(heard);
          isRead = true;
        };
        for (const act of acts) {
          if (act === "push") queue.push(pushed++);
          else if (act === "read") read();
          else if (act === "go on") heard.goOn?.();
          else await turn();
        }
        queue.end();
        read();
        for (let i = 0; i <= pushed; i++) {
          heard.goOn?.();
          await turn();
        }
        expect(heard.all).toEqual([...Array.from({ length: pushed }, (_, i) => i), "end"]);
      },
    );
    await fc.assert(property);
  });
});

describe("a feed", () => {
  it("can be read like any other stream, and is stopped when its reader stops", async () => {
    const noted: { ended?: boolean } = {};
    const feed = feedOf<number>((sink) => flow(counting(5, noted), sink));
    const read: number[] = [];
    for await (const item of feed) if (read.push(item) === 2) break;
    expect([read, noted.ended]).toEqual([[0, 1], true]);
  });

  it("loses nothing to a reader that asks for one at a time", async () => {
    const feed = feedOf<number>((sink) => {
      void takeAll(sink, [1, 2, 3]);
      sink.end();
      return () => undefined;
    });
    expect(await readAll(feed)).toEqual([1, 2, 3]);
  });

  it("fails with what its start throws, and with what its sink throws", async () => {
    const refusing = feedOf<number>(() => {
      throw new TypeError("no");
    });
    await expect(readAll(refusing)).rejects.toThrow("no");
    const noted: { ended?: boolean } = {};
    const heard = new Heard();
    flow(counting(5, noted), {
      take: (item) => {
        if (item === 1) throw new TypeError("not this one");
        return heard.take(item);
      },
      end: () => heard.end(),
      fail: (thrown) => heard.fail((thrown as Error).message),
    });
    await expect.poll(() => noted.ended).toBe(true);
    expect(heard.all).toEqual([0, { thrown: "not this one" }]);
  });

  it.each(["ends", "fails", "is stopped"])("says once that it is over when it %s", (how) => {
    const queue = new FeedQueue<number>();
    let over = 0;
    const stop = flowUntil(queue, new Heard(), () => over++);
    if (how === "ends") queue.end();
    if (how === "fails") queue.fail("broken");
    void stop();
    void stop();
    expect(over).toBe(1);
  });
});

describe("whenFlowing", () => {
  it("gives the whole stream once its first item is there", async () => {
    const events = await whenFlowing(counting(3));
    expect(events).toBeInstanceOf(Feed);
    expect(await readAll(events)).toEqual([0, 1, 2]);
  });

  it("throws what fails before the first, and fails later with what comes later", async () => {
    async function* broken(first: number[]): AsyncGenerator<number> {
      yield* first;
      throw await Promise.resolve(new TypeError("broken"));
    }
    await expect(whenFlowing(broken([]))).rejects.toThrow("broken");
    const heard = new Heard();
    flow(await whenFlowing(broken([1])), heard);
    await expect.poll(() => heard.all).toEqual([1, { thrown: new TypeError("broken") }]);
  });
});
