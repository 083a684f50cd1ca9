import type { ServerResponse } from "node:http";
import { describe, expect, it } from "vitest";
import { asking, question, sendEvents } from "../../../../test/helpers/asking.js";
import { errorOf } from "../../../../test/helpers/error-of.js";
import { chatAnswer, chatEvent, sendJson, sendStream, type SeenRequest } from "../../../../test/helpers/fake-upstream.js";
import type { ChatRequest } from "../openai/completion.js";

describe("an answer", () => {
  it("is taken whole where the server does not stream", async () => {
    const { run } = await asking((_seen, response) => sendJson(response, chatAnswer("Paris")));
    expect(await run()).toMatchObject({ text: "Paris", finishReason: "stop", usage: { promptTokens: 5, completionTokens: 2 } });
  });

  it("keeps thoughts apart, those of a field of their own and those in the text", async () => {
    const { run } = await asking((_seen, response) =>
      sendEvents(response, [
        chatEvent({ reasoning_content: "Lyon?" }),
        chatEvent({ content: "<think>No.</think>Paris" }),
        chatEvent({}, "stop"),
      ]),
    );
    expect(await run()).toMatchObject({ text: "Paris", thoughts: "Lyon?\nNo." });
  });

  it("may end without an empty line, after comments and with the line ends of Windows", async () => {
    const text = `: hello\r\n\r\ndata: ${JSON.stringify(chatEvent({ content: "Paris" }, "stop"))}\r\n\r\ndata: [DONE]`;
    const { run } = await asking((_seen, response) => sendEvents(response, [text]));
    expect((await run()).text).toBe("Paris");
  });

  it.each<[string, (response: ServerResponse) => void, string, RegExp]>([
    ["a stream that ends in the middle", (r) => sendEvents(r, [chatEvent({ content: "Par" })]), "ENDPOINT_ERROR", /in the middle/],
    ["a role and [DONE]", (r) => sendEvents(r, [chatEvent({ role: "assistant" }), "data: [DONE]\n\n"]), "ENDPOINT_ERROR", /nothing in it/],
    ["half an event", (r) => sendEvents(r, ['data: {"choices":[{"ind']), "ENDPOINT_ERROR", /not a JSON object/],
    [
      "an error in the stream",
      (r) => sendEvents(r, [chatEvent({ content: "P" }), { error: { message: "engine died" } }]),
      "ENDPOINT_ERROR",
      /engine died/,
    ],
    ["an event of type error", (r) => sendEvents(r, ['event: error\ndata: {"message":"gone"}\n\n']), "ENDPOINT_ERROR", /gone/],
    ["an error that is not an event", (r) => sendEvents(r, ['{"error":{"message":"busy"}}']), "ENDPOINT_ERROR", /busy/],
    [
      "an answer given up",
      (r) => sendEvents(r, [chatEvent({ content: "P" }), chatEvent({}, "abort")]),
      "ENDPOINT_ERROR",
      /gave the answer up/,
    ],
    ["an error of status 200", (r) => sendJson(r, { error: { message: "overloaded" } }), "ENDPOINT_ERROR", /overloaded/],
    [
      "a login page",
      (r) => void r.writeHead(200, { "content-type": "text/html" }).end("<title>Sign in</title>"),
      "ENDPOINT_ERROR",
      /Sign in|not an answer|text\/html/,
    ],
    ["no choices", (r) => sendJson(r, { choices: [] }), "ENDPOINT_ERROR", /nothing in it/],
    ["choices: null", (r) => sendJson(r, { choices: null }), "ENDPOINT_ERROR", /nothing in it/],
    ["nothing", (r) => void r.writeHead(200, { "content-type": "application/json" }).end(), "ENDPOINT_ERROR", /empty/],
    [
      "an answer without an end",
      (r) => sendJson(r, { choices: [{ index: 0, message: { content: "Par" } }] }),
      "ENDPOINT_ERROR",
      /in the middle/,
    ],
    [
      "a filter's end",
      (r) => sendEvents(r, [chatEvent({ content: "I" }), chatEvent({}, "content_filter")]),
      "CONTENT_FILTERED",
      /withheld/,
    ],
    ["a refusal", (r) => sendEvents(r, [chatEvent({ refusal: "I can't" }), chatEvent({}, "stop")]), "CONTENT_FILTERED", /I can't/],
    [
      "a filter's status",
      (r) => sendJson(r, { error: { code: "content_filter", message: "filtered" } }, 400),
      "CONTENT_FILTERED",
      /filtered/,
    ],
    [
      "an account that is spent",
      (r) => sendJson(r, { error: { code: "insufficient_quota", message: "pay" } }, 429),
      "ENDPOINT_REFUSED",
      /pay/,
    ],
  ])("is not %s", async (_name, answer, code, words) => {
    const { run } = await asking((_seen, response) => answer(response));
    const error = await errorOf(run);
    expect([error.code, error.message]).toEqual([code, expect.stringMatching(words)]);
  });

  it("of several choices is whole when each has ended", async () => {
    const second = (reason: string | null) => ({ choices: [{ index: 1, delta: { content: "Lyon" }, finish_reason: reason }] });
    const half = await asking((_seen, r) => sendEvents(r, [chatEvent({ content: "Paris" }, "stop"), second(null)]), {
      request: { ...question, choices: 2 },
    });
    expect((await errorOf(half.run)).code).toBe("ENDPOINT_ERROR");
    const whole = await asking((_seen, r) => sendEvents(r, [chatEvent({ content: "Paris" }, "stop"), second("stop")]), {
      request: { ...question, choices: 2 },
    });
    expect((await whole.run()).choices.map(({ text }) => text)).toEqual(["Paris", "Lyon"]);
  });
});

describe("a deadline", () => {
  const stalls: [string, (response: ServerResponse) => void][] = [
    ["before the headers", () => undefined],
    ["before the first token", (r) => sendEvents(r, [chatEvent({ role: "assistant" })], { end: false })],
    ["between tokens", (r) => sendEvents(r, [chatEvent({ content: "Par" })], { end: false })],
  ];
  it.each(stalls)("is REQUEST_TIMEOUT %s", async (_name, stall) => {
    const { run } = await asking((_seen, response) => stall(response), { limits: { timeoutMs: 150 } });
    expect((await errorOf(run)).code).toBe("REQUEST_TIMEOUT");
  });

  it.each(stalls)("that passes %s is tried again", async (_name, stall) => {
    const { run } = await asking((_seen, response, n) => (n === 0 ? stall(response) : sendStream(response, ["Paris"])), {
      limits: { timeoutMs: 400, retries: 1 },
    });
    expect((await run()).text).toBe("Paris");
  });

  it("does not keep half a text when the caller stops", async () => {
    const stop = new AbortController();
    const { run } = await asking(
      (_seen, response) => {
        sendEvents(response, [chatEvent({ content: "Par" })], { end: false });
        setTimeout(() => stop.abort(), 20);
      },
      { signal: stop.signal },
    );
    const thrown: unknown = await run().catch((error: unknown) => error);
    expect([stop.signal.aborted, thrown === stop.signal.reason]).toEqual([true, true]);
  });
});

describe("a server that refuses a member", () => {
  const refuse = (response: ServerResponse, message: string, more: object = {}) => sendJson(response, { error: { message, ...more } }, 400);

  it("of max_tokens gets the other name, in one attempt, and from then on at once", async () => {
    const notes: string[] = [];
    const { run, seen } = await asking(
      ({ body }, response) =>
        body["max_tokens"] === undefined
          ? sendStream(response, ["Paris"])
          : refuse(response, "'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.", {
              param: "max_tokens",
            }),
      { options: { onNote: (text) => notes.push(text) } },
    );
    await run();
    await run();
    expect(seen.map(({ body }) => body["max_completion_tokens"])).toEqual([undefined, 5, 5]);
    expect(notes).toHaveLength(1);
  });

  it("of stream_options and seed is asked without them", async () => {
    const { run, seen } = await asking(
      ({ body }, response) => {
        const name = ["stream_options", "seed"].find((member) => body[member] !== undefined);
        return name === undefined ? sendStream(response, ["Paris"]) : refuse(response, `Unrecognized request argument supplied: ${name}`);
      },
      { request: { ...question, seed: 1 } },
    );
    expect((await run()).text).toBe("Paris");
    expect(seen).toHaveLength(3);
  });

  it("of system messages gets their text before the user's", async () => {
    const request: ChatRequest = { messages: [{ role: "system", content: "Be brief." }, ...question.messages] };
    const { run, seen } = await asking(
      ({ body }, response) =>
        (body["messages"] as { role: string }[]).some(({ role }) => role === "system")
          ? refuse(response, "System role not supported")
          : sendStream(response, ["Paris"]),
      { request },
    );
    await run();
    expect(seen.at(-1)?.body["messages"]).toEqual([{ role: "user", content: "Be brief.\n\nCapital of France?" }]);
  });

  it("of a temperature fails, unless the request can do without it", async () => {
    const words = "Unsupported value: 'temperature' does not support 0 with this model. Only the default (1) value is supported.";
    const handler = ({ body }: SeenRequest, response: ServerResponse) =>
      body["temperature"] === undefined ? sendStream(response, ["Paris"]) : refuse(response, words, { param: "temperature" });
    const strict = await asking(handler);
    const error = await errorOf(strict.run);
    expect([error.code, error.message]).toEqual(["ENDPOINT_REFUSED", expect.stringContaining("Only the default (1)")]);
    const wishing = await asking(handler, { request: { ...question, wishes: ["temperature"] } });
    expect((await wishing.run()).text).toBe("Paris");
  });

  it("of what the user put into the body says so", async () => {
    const { run, seen } = await asking(({ body }, response) => refuse(response, `seed is not supported: ${String(body["seed"])}`), {
      options: { body: { seed: 7, stop: null, reasoning_effort: "low" } },
    });
    expect((await errorOf(run)).code).toBe("ENDPOINT_REFUSED");
    expect(seen.map(({ body }) => [body["seed"], body["reasoning_effort"], "stop" in body])).toEqual([[7, "low", false]]);
  });

  it("is not asked again for a request that is wrong otherwise", async () => {
    const words = "'max_tokens' or 'max_completion_tokens' is too large: 5000";
    const { run, seen } = await asking((_seen, response) => refuse(response, words));
    expect((await errorOf(run)).code).toBe("ENDPOINT_REFUSED");
    expect(seen).toHaveLength(1);
  });
});
