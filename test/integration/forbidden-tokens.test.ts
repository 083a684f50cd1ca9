import { describe, expect, it } from "vitest";
import { demoServer } from "../helpers/demo-server.js";

const online = demoServer();
const CHAT = "/v1/chat/completions";
const TEXT = "/v1/completions";

async function ask(path: string, body: object) {
  const init = { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
  const response = await fetch(online.url + path, init);
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

const messages = [{ role: "user", content: "hi" }];
const enumOf1 = { type: "json_schema", json_schema: { schema: { enum: [1] } } };

describe("an answer that is complete by its format", () => {
  it.each<[path: string, body: object, text: string]>([
    [TEXT, { prompt: "x", guided_choice: ["red"], ignore_eos: true, max_tokens: 9 }, "red"],
    [TEXT, { prompt: "x", grammar: 'root ::= "red"', ignore_eos: true, temperature: 0, max_tokens: 9 }, "red"],
    [TEXT, { prompt: "x", guided_choice: ["red"], ignore_eos: true, typical_p: 0.5, max_tokens: 9 }, "red"],
    [CHAT, { messages, response_format: enumOf1, ignore_eos: true, max_tokens: 9 }, "1"],
  ])("ends, though its end was to be ignored: %s %j", async (path, request, text) => {
    const { status, body } = await ask(path, request);
    expect(status).toBe(200);
    expect(body["choices"]).toMatchObject([{ finish_reason: "stop", ...(path === TEXT ? { text } : { message: { content: text } }) }]);
  });

  it("ends where the tokens that may come are listed without the end", async () => {
    const allowed = await online.engine.tokenize("red");
    const { status, body } = await ask(TEXT, { prompt: "x", guided_choice: ["red"], allowed_token_ids: allowed, max_tokens: 9 });
    expect([status, body["choices"]]).toMatchObject([200, [{ text: "red", finish_reason: "stop" }]]);
  });
});

describe("a request that leaves no token", () => {
  it.each<[body: object]>([
    [{ allowed_token_ids: [5], logit_bias: [[5, false]] }],
    [{ guided_choice: ["red"], allowed_token_ids: [5] }],
    [{ guided_regex: "[0-9]+", bad_words: Array.from({ length: 10 }, (_, digit) => `${digit}`) }],
  ])("is refused, not answered with what it forbids: %j", async (request) => {
    const { status, body } = await ask(TEXT, { prompt: "hi", max_tokens: 3, ...request });
    expect(status).toBe(400);
    expect(body["error"]).toMatchObject({ code: "invalid_argument", message: expect.stringMatching(/no token/) as string });
  });

  it.each(["repeat_penalty", "repetition_penalty"])("is not made by a %s that no number withstands", async (name) => {
    const { status, body } = await ask(TEXT, { prompt: "hi", max_tokens: 3, [name]: 1e-300 });
    expect([status, body["error"]]).toMatchObject([400, { code: "invalid_argument", param: name }]);
  });
});

it("takes no time for what a prompt alone is asked for, and none is negative", async () => {
  const { body } = await ask("/completion", { prompt: "hi", n_predict: 0 });
  const { prompt_ms, prompt_per_token_ms, predicted_ms } = body["timings"] as Record<string, number>;
  expect(prompt_ms).toBeGreaterThanOrEqual(0);
  expect(prompt_per_token_ms).toBeGreaterThanOrEqual(0);
  expect(predicted_ms).toBe(0);
});

describe("what a route does not have", () => {
  it.each<[path: string, body: object, param: string]>([
    ["/completion", { prompt: "hi", return_token_ids: true }, "return_token_ids"],
    ["/completion", { prompt: "hi", prompt_logprobs: 1 }, "prompt_logprobs"],
    ["/v1/responses", { input: "hi", return_token_ids: true }, "return_token_ids"],
    ["/v1/responses", { input: "hi", n_probs: 2 }, "n_probs"],
    ["/v1/responses", { input: "hi", n: 2 }, "n"],
    ["/v1/responses", { input: "hi", tool_choice: "required" }, "tool_choice"],
    [CHAT, { messages, top_logprobs: 2 }, "top_logprobs"],
  ])("is refused by its name: %s %j", async (path, request, param) => {
    const response = await fetch(online.url + path, {
      ...{ method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(request) },
    });
    expect([response.status, await response.json()]).toMatchObject([400, { error: { param } }]);
    expect(response.headers.get("x-llmops-ignored-fields")).toBeNull();
  });
});

it("gives the same offsets of tokens whole and streamed, within the text, where characters are cut", async () => {
  const request = { prompt: "é🎉x", echo: true, logprobs: 0, max_tokens: 2, temperature: 0 };
  const whole = (await ask(TEXT, request)).body["choices"] as { text: string; logprobs: { text_offset: number[] } }[];
  const response = await fetch(online.url + TEXT, {
    ...{ method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ ...request, stream: true }) },
  });
  const events = (await response.text()).matchAll(/"text_offset":(\[[^\]]*\])/g);
  const streamed = Array.from(events, ([, list = ""]) => JSON.parse(list) as number[]).flat();
  const [choice] = whole;
  expect(streamed).toEqual(choice?.logprobs.text_offset);
  expect(Math.max(...streamed)).toBeLessThanOrEqual(choice?.text.length ?? 0);
});

it("gives the likeliest answer first where as many are made as given", async () => {
  const request = { prompt: "The capital of", n: 3, best_of: 3, temperature: 1.5, seed: 5, logprobs: 0, max_tokens: 8 };
  const { choices } = (await ask(TEXT, request)).body as { choices: { logprobs: { token_logprobs: number[] } }[] };
  const sums = choices.map(({ logprobs }) => logprobs.token_logprobs.reduce((sum, one) => sum + one, 0));
  expect(sums).toEqual([...sums].sort((a, b) => b - a));
});
