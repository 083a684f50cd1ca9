import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { errorOf } from "../../../../test/helpers/error-of.js";
import { scriptedTarget } from "../../../../test/helpers/scripted-target.js";
import type { CompletionTarget } from "../../inference/openai/completion-target.js";
import { LlmopsError } from "../../base/errors/llmops-error.js";
import { findRate } from "./find-rate.js";
import { isMet, toLevelResult } from "./level-result.js";
import type { RequestTiming } from "./request-timing.js";
import { timeRequest } from "./request-timing.js";
import { runLevel, type LevelOptions } from "./run-level.js";
import { parseSlo, shareWithin } from "../slo/slo.js";

const timing = (totalMs: number, change: Partial<RequestTiming> = {}): RequestTiming => ({
  ...{ firstTokenMs: totalMs / 2, gapsMs: [1, 2], perTokenMs: 1.5, totalMs, promptTokens: 10, completionTokens: 3, error: undefined },
  ...change,
});
const failure = (message: string) => ({ code: "ENDPOINT_ERROR" as const, message });
const options = (change: Partial<LevelOptions> = {}): LevelOptions => ({
  requestAt: (i) => ({ messages: [{ role: "user", content: String(i) }] }),
  ...{ requests: 20, durationMs: 10_000, arrival: "constant", seed: 1, signal: new AbortController().signal },
  ...change,
});

describe("objectives", () => {
  it("are read with their unit and share", () => {
    expect(parseSlo("ttft<500ms@99.9%")).toMatchObject({ measure: "ttft", boundMs: 500, share: expect.closeTo(0.999, 9) as number });
    expect(parseSlo("e2e < 2s")).toMatchObject({ measure: "e2e", boundMs: 2000, share: 0.99 });
  });

  it.each([["ttft"], ["ttft<500"], ["speed<1s"], ["itl<0ms"], ["e2e<1s@101%"]])("%s is refused", async (text) => {
    expect((await errorOf(() => parseSlo(text))).code).toBe("INVALID_ARGUMENT");
  });

  it("are met by the share of requests within; failed ones are not", () => {
    const timings = [timing(100), timing(300), timing(100, { error: failure("x") }), timing(90)];
    expect(shareWithin(timings, parseSlo("e2e<200ms"))).toBe(0.5);
    expect(shareWithin([], parseSlo("e2e<200ms"))).toBe(0);
  });
});

describe("toLevelResult", () => {
  it("has percentiles, rates, and goodput of what met every objective", () => {
    const timings = [...Array.from({ length: 99 }, (_, i) => timing(i + 1)), timing(5000, { error: failure("broken") })];
    const result = toLevelResult({ load: { kind: "rate", value: 10 }, timings, seconds: 10 }, [
      parseSlo("e2e<51ms@60%"),
      parseSlo("itl<2ms@90%"),
    ]);
    expect(result).toMatchObject({
      requests: { done: 100, failed: 1 },
      requests_per_second: 9.9,
      completion_tokens_per_second: 29.7,
      e2e_ms: { p50: 50, max: 99 },
      goodput: 5,
      errors: [{ ...failure("broken"), requests: 1 }],
    });
    expect(result.slos.map(({ share, met }) => [share, met])).toEqual([
      [0.5, false],
      [0.99, true],
    ]);
    expect(isMet(result)).toBe(false);
  });
});

describe("runLevel", () => {
  it("keeps so many requests running, and asks so many", async () => {
    let running = 0;
    let most = 0;
    const target = scriptedTarget(async () => {
      most = Math.max(most, ++running);
      await sleep(2);
      running--;
      return "a b";
    });
    const { timings } = await runLevel(target, { kind: "concurrency", value: 5 }, options());
    expect([timings.length, most]).toEqual([20, 5]);
  });

  it("starts requests when they are due, and counts the time from then, however slow the answers are", async () => {
    let busy = Promise.resolve();
    const target = scriptedTarget(async () => {
      busy = busy.then(() => sleep(20));
      await busy;
      return "x";
    });
    const { timings } = await runLevel(target, { kind: "rate", value: 200 }, options({ requests: 10 }));
    // one at a time takes 20 ms each, while they come every 5 ms: the last one waits for all before it
    expect(timings).toHaveLength(10);
    expect(Math.max(...timings.map(({ totalMs }) => totalMs))).toBeGreaterThan(120);
  });

  it("keeps failures with their message, and ends when it is aborted", async () => {
    const stop = new AbortController();
    let calls = 0;
    const target = scriptedTarget(() => {
      if (++calls === 5) stop.abort();
      throw new LlmopsError("ENDPOINT_ERROR", "broken");
    });
    const { timings } = await runLevel(target, { kind: "concurrency", value: 1 }, options({ signal: stop.signal }));
    expect(timings.map(({ error }) => error?.message)).toEqual(["broken", "broken", "broken", "broken"]);
  });
});

describe("a target that accepts and does not answer", () => {
  const silent = scriptedTarget((_, signal) => new Promise((_resolve, reject) => signal?.addEventListener("abort", reject)));
  const deaf = scriptedTarget(() => new Promise(() => undefined));

  it.each([
    ["heeds its signal", silent],
    ["does not", deaf],
  ])("ends with failed requests where it %s", async (_, target) => {
    const { timings } = await runLevel(target, { kind: "concurrency", value: 2 }, options({ requests: 4, timeoutMs: 20 }));
    expect(timings.map(({ error }) => error?.code)).toEqual(Array.from({ length: 4 }, () => "REQUEST_TIMEOUT"));
  });

  it("leaves out what an interruption stopped, which is not a failure", async () => {
    const stop = new AbortController();
    const run = runLevel(silent, { kind: "concurrency", value: 2 }, options({ signal: stop.signal, timeoutMs: 60_000 }));
    stop.abort();
    expect((await run).timings).toEqual([]);
  });
});

describe("timeRequest", () => {
  const pieces = (texts: readonly string[], { tokens, type = "text", reason = "stop" }: Pieces): CompletionTarget => ({
    ...{ model: "scripted", location: "memory", close: () => Promise.resolve() },
    async *complete() {
      for (const [i, text] of texts.entries()) {
        if (i > 0) await sleep(100);
        yield { type, choice: 0, text };
      }
      yield { type: "end", choice: 0, reason };
      yield { type: "finish", usage: { promptTokens: 1, completionTokens: tokens } };
    },
  });
  interface Pieces {
    tokens: number;
    type?: "text" | "thought";
    reason?: "stop" | "content_filter";
  }
  const request = { messages: [{ role: "user" as const, content: "x" }] };
  const { signal } = new AbortController();

  it("spreads the time before a piece over its tokens", async () => {
    const timing = await timeRequest(pieces(["12345", "12345"], { tokens: 10 }), request, { signal });
    expect(timing?.gapsMs).toHaveLength(5);
    for (const gap of timing?.gapsMs ?? []) expect(gap).toBeCloseTo(20, -1);
    const slow = await timeRequest(pieces(["1", "1"], { tokens: 2 }), request, { signal });
    expect(slow?.gapsMs).toHaveLength(1);
  });

  it("takes thoughts for tokens, and a withheld answer for a failure", async () => {
    const thought = await timeRequest(pieces(["hm"], { tokens: 1, type: "thought" }), request, { signal });
    expect([thought?.firstTokenMs !== undefined, thought?.error]).toEqual([true, undefined]);
    const withheld = await timeRequest(pieces(["I"], { tokens: 1, reason: "content_filter" }), request, { signal });
    expect(withheld?.error?.code).toBe("CONTENT_FILTERED");
  });
});

describe("findRate", () => {
  const level = (limit: number) => (rate: number) =>
    Promise.resolve(
      toLevelResult({ load: { kind: "rate", value: rate }, timings: [timing(rate <= limit ? 10 : 1000)], seconds: 1 }, [
        parseSlo("e2e<100ms"),
      ]),
    );

  it("finds the highest rate that meets the objectives, to ten per cent", async () => {
    const signal = new AbortController().signal;
    const { rate, tried } = await findRate(level(37), signal);
    expect(rate).toBeLessThanOrEqual(37);
    expect(rate).toBeGreaterThan(37 / 1.1 - 0.1);
    expect(tried.length).toBeLessThan(12);
    expect((await findRate(level(0.5), signal)).rate).toBeNull();
  });
});
