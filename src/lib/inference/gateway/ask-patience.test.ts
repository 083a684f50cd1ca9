import { getEventListeners } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it, onTestFinished } from "vitest";
import { asking, question, sendEvents } from "../../../../test/helpers/asking.js";
import { errorOf } from "../../../../test/helpers/error-of.js";
import { chatEvent, sendJson, sendStream } from "../../../../test/helpers/fake-upstream.js";
import { toLlmopsError } from "../../base/errors/llmops-error.js";
import type { ChatRequest } from "../openai/completion.js";
import { RateWatch } from "../openai/rate-watch.js";

describe("a limit of the rate", () => {
  it.each([429, 503])("of status %i with Retry-After is waited out, whatever --retries says", async (status) => {
    const { run, calls } = await asking((_seen, response, n) =>
      n < 3 ? sendJson(response, { error: { message: "slow down" } }, status, { "retry-after": "0.05" }) : sendStream(response, ["Paris"]),
    );
    expect((await run()).text).toBe("Paris");
    expect(calls()).toBe(4);
  });

  it("loses nothing of many requests, and asks fewer at a time", async () => {
    let running = 0;
    const notes: string[] = [];
    const rates = new RateWatch();
    const { signal } = new AbortController();
    const warnings: Error[] = [];
    const note = (warning: Error) => void warnings.push(warning);
    process.on("warning", note);
    onTestFinished(() => void process.off("warning", note));
    const { run } = await asking(
      async (_seen, response) => {
        if (running >= 4) return sendJson(response, { error: { message: "slow down" } }, 429, { "retry-after-ms": "20" });
        running++;
        await sleep(20);
        running--;
        return sendStream(response, ["Paris"]);
      },
      { signal, options: { onNote: (text) => notes.push(text), rates } },
    );
    let open = 100;
    const worker = async () => {
      while (open-- > 0) expect((await run()).text).toBe("Paris");
    };
    await Promise.all(Array.from({ length: 16 }, worker));
    expect(getEventListeners(signal, "abort")).toEqual([]);
    expect(warnings).toEqual([]);
    const [limits] = rates.documents();
    expect(limits?.refused).toBeGreaterThan(0);
    expect(limits?.lowest_concurrency).toBeLessThan(16);
    expect(notes).toEqual([expect.stringContaining("limits the rate")]);
  });

  it("that never ends fails with the server's words; waiting ends with the signal", async () => {
    const { run } = await asking((_seen, response) => sendJson(response, { error: { message: "slow down" } }, 429), {
      limits: { timeoutMs: 1000 },
    });
    const error = await errorOf(run);
    expect([error.code, error.message]).toEqual(["RATE_LIMITED", expect.stringContaining("slow down")]);
    const stop = new AbortController();
    const waiting = await asking(
      (_seen, response) => {
        setTimeout(() => stop.abort(), 20);
        sendJson(response, {}, 429, { "retry-after": "60" });
      },
      { signal: stop.signal },
    );
    const thrown: unknown = await waiting.run().catch((reason: unknown) => reason);
    expect([stop.signal.aborted, thrown === stop.signal.reason]).toEqual([true, true]);
  });
});

describe("a connection that stays open and silent", () => {
  const usage = { choices: [], usage: { prompt_tokens: 5, completion_tokens: 1 } };
  const pieces = [chatEvent({ content: "Paris" }), chatEvent({}, "stop")];
  const windows = (event: object) => `: hello\r\ndata: ${JSON.stringify(event)}\r\n\r\n`;

  type Case = [string, (object | string)[], ChatRequest?];
  // all at a time: each of them waits for silence
  const all = (cases: Case[], timeoutMs: number) =>
    Promise.all(
      cases.map(async ([name, events, request = question]) => {
        const { run } = await asking((_seen, response) => sendEvents(response, events, { end: false }), { request, limits: { timeoutMs } });
        return [
          name,
          await run().then(
            ({ text }) => text,
            (error: unknown) => toLlmopsError(error).code,
          ),
        ];
      }),
    );

  const whole: Case[] = [
    ["[DONE]", [...pieces, usage, "data: [DONE]\n\n"]],
    ["the end and token counts", [...pieces, usage]],
    ["the end alone", pieces],
    ["the end and comments", [...pieces, ": still here\n\n"]],
    ["the end, in lines of Windows", [...pieces, usage].map(windows)],
    ["[DONE] without an empty line", [...pieces, "data: [DONE]\n"]],
    [
      "the ends of all choices",
      [...pieces, { choices: [{ index: 1, delta: { content: "Lyon" }, finish_reason: "stop" }] }],
      { ...question, choices: 2 },
    ],
  ];
  it("takes nothing away from an answer that is whole", async () => {
    expect(await all(whole, 6000)).toEqual(whole.map(([name]) => [name, "Paris"]));
  });

  const half: Case[] = [
    ["before the end", [chatEvent({ content: "Paris" })]],
    ["before the end, after token counts", [chatEvent({ content: "Paris" }), usage]],
    ["in the middle of [DONE]", [chatEvent({ content: "Paris" }), "data: [DO"]],
    ["before the end of a choice", [...pieces, { choices: [{ index: 1, delta: { content: "Ly" } }] }], { ...question, choices: 2 }],
    ["before another choice", pieces, { ...question, choices: 2 }],
  ];
  it("makes no answer whole", async () => {
    expect(await all(half, 2500)).toEqual(half.map(([name]) => [name, "REQUEST_TIMEOUT"]));
  });
});
