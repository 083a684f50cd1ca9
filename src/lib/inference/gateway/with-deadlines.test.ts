import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { errorOf } from "../../../../test/helpers/error-of.js";
import type { Chunk } from "../openai/completion.js";
import type { Deadlines } from "../openai/deadlines.js";
import { withDeadlines, withinDeadline } from "./with-deadlines.js";

/** Gives a text after each pause, and notes whether it was stopped. */
function slowly(pauses: number[], stopped: { reason?: unknown } = {}) {
  return async function* (signal: AbortSignal): AsyncGenerator<Chunk> {
    for (const pause of pauses) {
      await sleep(pause, undefined, { signal }).catch(() => {
        stopped.reason = signal.reason;
        throw signal.reason;
      });
      yield { type: "text", choice: 0, text: "x" };
    }
  };
}

const none: Deadlines = { totalMs: 10_000, firstTokenMs: undefined, stallMs: undefined };

async function readAll(
  pauses: number[],
  deadlines: Partial<Deadlines>,
  stopped = {},
  outer = new AbortController().signal,
): Promise<number> {
  let count = 0;
  for await (const chunk of withDeadlines(slowly(pauses, stopped), { ...none, ...deadlines }, outer)) if (chunk.type === "text") count++;
  return count;
}

describe("withDeadlines", () => {
  it("passes everything on in time", async () => expect(await readAll([1, 1, 1], { firstTokenMs: 5000, stallMs: 5000 })).toBe(3));

  it.each([
    ["timeout", { totalMs: 40 }, [1, 1, 5000]],
    ["first_token_timeout", { firstTokenMs: 40 }, [5000]],
    ["stall_timeout", { stallMs: 40 }, [1, 1, 5000]],
  ] as const)("stops the work and says that %s passed", async (param, deadlines, pauses) => {
    const stopped: { reason?: unknown } = {};
    const error = await errorOf(() => readAll([...pauses], deadlines, stopped));
    expect(error).toMatchObject({ code: "REQUEST_TIMEOUT", httpStatus: 408, param });
    expect(error.message).toContain("0.04 s");
    expect(stopped.reason).toBe(error);
  });

  it("does not count the wait for the first token as a stall", async () => expect(await readAll([80, 1], { stallMs: 40 })).toBe(2));

  it("does not wait for work that does not heed its signal", async () => {
    async function* deaf(): AsyncGenerator<Chunk> {
      yield { type: "text", choice: 0, text: "x" };
      await new Promise(() => undefined);
    }
    const read = async () => {
      for await (const chunk of withDeadlines(deaf, { ...none, totalMs: 40 }, new AbortController().signal))
        expect(chunk.type).toBe("text");
    };
    expect((await errorOf(read)).code).toBe("REQUEST_TIMEOUT");
    const whole = () => withinDeadline(() => new Promise(() => undefined), { ...none, totalMs: 40 }, new AbortController().signal);
    expect((await errorOf(whole)).code).toBe("REQUEST_TIMEOUT");
  });

  it("ends the work when the reader stops", async () => {
    let hasEnded = false;
    async function* endless(): AsyncGenerator<Chunk> {
      try {
        for (;;) yield await Promise.resolve({ type: "text", choice: 0, text: "x" } as const);
      } finally {
        hasEnded = true;
      }
    }
    for await (const chunk of withDeadlines(endless, none, new AbortController().signal)) if (chunk.type === "text") break;
    expect(hasEnded).toBe(true);
  });

  it("stops when the client goes away", async () => {
    const gone = AbortSignal.timeout(20);
    await expect(readAll([5000], {}, {}, gone)).rejects.toThrow(/timeout|abort/i);
  });
});
