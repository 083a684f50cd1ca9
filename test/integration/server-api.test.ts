import OpenAI from "openai";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Engine } from "../../src/lib/inference/engine/engine.js";
import { openModelFile } from "../../src/lib/inference/models/model-file.js";
import type { RunningServer } from "../../src/lib/base/http/listen.js";
import { localService } from "../../src/lib/serving/server/service.js";
import { startServer } from "../../src/lib/serving/server/start-server.js";
import { toolModel } from "../helpers/tool-model.js";

let engine: Engine;
let server: RunningServer;
let client: OpenAI;

beforeAll(async () => {
  engine = await Engine.load(await openModelFile("demo"), { slots: 4, contextSize: 512, threads: 1 });
  server = await startServer(localService(engine), { host: "127.0.0.1", port: 0 });
  client = new OpenAI({ baseURL: `${server.url}/v1`, apiKey: "none", maxRetries: 0 });
});
afterAll(async () => {
  await server.close();
  await engine.close();
});

const messages = [{ role: "user" as const, content: "What is the capital of France?" }];
const question = { model: "demo", messages, temperature: 0 };
const post = async (path: string, body: unknown, headers: Record<string, string> = {}) => {
  const response = await fetch(`${server.url}${path}`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(body),
  });
  return { status: response.status, headers: response.headers, body: (await response.json()) as Record<string, unknown> };
};

describe("chat completions through the openai client", () => {
  it("give several choices, whole and streamed", async () => {
    const options = { ...question, temperature: 1.5, seed: 3, n: 3, max_tokens: 12 };
    const whole = await client.chat.completions.create(options);
    expect(whole.choices.map((choice) => choice.index)).toEqual([0, 1, 2]);
    const texts = ["", "", ""];
    const reasons: string[] = [];
    for await (const part of await client.chat.completions.create({ ...options, stream: true })) {
      for (const choice of part.choices) {
        texts[choice.index] = `${texts[choice.index] ?? ""}${choice.delta.content ?? ""}`;
        if (choice.finish_reason) reasons.push(choice.finish_reason);
      }
    }
    expect(texts).toEqual(whole.choices.map((choice) => choice.message.content));
    expect(reasons).toHaveLength(3);
  });

  it("give log-probabilities, whole and streamed", async () => {
    const options = { ...question, logprobs: true, top_logprobs: 2 };
    const whole = await client.chat.completions.create(options);
    const content = whole.choices[0]?.logprobs?.content ?? [];
    expect(content.map((token) => token.token).join("")).toBe(whole.choices[0]?.message.content);
    expect(content.every((token) => token.top_logprobs.length === 2 && token.logprob <= 0)).toBe(true);
    const streamed: string[] = [];
    for await (const part of await client.chat.completions.create({ ...options, stream: true })) {
      for (const token of part.choices[0]?.logprobs?.content ?? []) streamed.push(token.token);
    }
    expect(streamed).toEqual(content.map((token) => token.token));
  });

  it("say which stop text ended them, whole and streamed", async () => {
    const options = { ...question, stop: ["ZZZ", "Par"] };
    const whole = await post("/v1/chat/completions", options);
    expect(whole.body).toMatchObject({ choices: [{ finish_reason: "stop", stop_reason: "Par" }] });
    const events = [];
    for await (const part of await client.chat.completions.create({ ...options, stream: true })) events.push(...part.choices);
    expect(events.at(-1)).toMatchObject({ finish_reason: "stop", stop_reason: "Par" });
    expect((await post("/v1/chat/completions", question)).body).not.toHaveProperty("choices.0.stop_reason");
    const text = await post("/v1/completions", { prompt: "What is", temperature: 0, max_tokens: 64, ignore_eos: true, stop: [" "] });
    expect(text.body).toMatchObject({ choices: [{ finish_reason: "stop", stop_reason: " " }] });
  });

  it("hold answers to JSON", async () => {
    const schema = { type: "object", properties: { n: { type: "integer" } }, required: ["n"] };
    const answer = await client.chat.completions.create({
      ...question,
      response_format: { type: "json_schema", json_schema: { name: "n", strict: true, schema } },
    });
    expect(JSON.parse(answer.choices[0]?.message.content ?? "")).toEqual({ n: expect.any(Number) });
  });

  it("say where the time went, under S0's and llama-server's names, also at the end of a stream", async () => {
    const whole = (await client.chat.completions.create({ ...question, n: 1 })) as unknown as Record<string, Record<string, number>>;
    expect(Object.keys(whole["performance"] ?? {})).toEqual([
      "queue_seconds",
      "prefill_seconds",
      "first_token_seconds",
      "decode_seconds",
      "generation_time_seconds",
      "tokens_per_second",
    ]);
    expect(whole["performance"]?.["tokens_per_second"]).toBeGreaterThan(1);
    expect(whole["timings"]).toMatchObject({ predicted_n: expect.any(Number), prompt_ms: expect.any(Number) });
    let last: unknown;
    for await (const part of await client.chat.completions.create({ ...question, stream: true })) last = part;
    expect(last).toMatchObject({ performance: { generation_time_seconds: expect.any(Number) }, choices: [{ finish_reason: "stop" }] });
  });

  it("take every role and ignore what does not change the answer", async () => {
    const answer = await client.chat.completions.create({
      ...question,
      messages: [
        { role: "developer", content: "Be brief." },
        { role: "user", content: "Hi" },
        { role: "assistant", content: "Hello." },
        ...messages,
      ],
      metadata: { a: "b" },
      store: false,
      stop: ["\n\n"],
      frequency_penalty: 0.1,
      presence_penalty: 0.1,
      logit_bias: { "5": -1 },
    });
    expect(answer.choices[0]?.message.role).toBe("assistant");
  });
});

describe("tool calls through the openai client", () => {
  const tools = [
    {
      type: "function" as const,
      function: { name: "add", parameters: { type: "object", properties: { a: { enum: [1, 2] } }, required: ["a"] } },
    },
  ];

  it("come whole, come streamed, and their results go back", async () => {
    const model = await Engine.load(await toolModel(), { slots: 2, contextSize: 1024, threads: 1 });
    const own = await startServer(localService(model), { host: "127.0.0.1", port: 0 });
    const asked = new OpenAI({ baseURL: `${own.url}/v1`, apiKey: "none", maxRetries: 0 });
    const options = { ...question, tools, tool_choice: "required" as const, parallel_tool_calls: false, max_completion_tokens: 200 };
    const whole = await asked.chat.completions.create(options);
    const [choice] = whole.choices;
    expect(choice).toMatchObject({ finish_reason: "tool_calls", message: { content: null } });
    const [call] = choice?.message.tool_calls ?? [];
    expect(call).toMatchObject({ type: "function", function: { name: "add" } });

    const final = await asked.chat.completions.stream(options).finalChatCompletion();
    const [streamed] = final.choices[0]?.message.tool_calls ?? [];
    expect(streamed).toMatchObject({ function: (call as { function: object }).function });

    const answered = await asked.chat.completions.create({
      ...question,
      tools,
      max_completion_tokens: 10,
      messages: [...messages, choice!.message, { role: "tool", tool_call_id: call!.id, content: "3" }],
    });
    expect(answered.choices).toHaveLength(1);
    await own.close();
    await model.close();
  });
});

describe("text completions through the openai client", () => {
  it("continue one prompt or several, echo them, and stream", async () => {
    const options = { model: "demo", temperature: 0, max_tokens: 8 };
    const one = await client.completions.create({ ...options, prompt: "The capital of France" });
    expect(one).toMatchObject({ object: "text_completion", choices: [{ index: 0, finish_reason: expect.any(String) }] });
    const several = await client.completions.create({
      ...options,
      prompt: ["The capital of France", "The capital of Italy"],
      n: 2,
      echo: true,
    });
    expect(several.choices.map((choice) => choice.index)).toEqual([0, 1, 2, 3]);
    expect(several.choices[0]?.text).toBe(`The capital of France${one.choices[0]?.text ?? ""}`);
    expect(several.choices[2]?.text.startsWith("The capital of Italy")).toBe(true);
    let text = "";
    const stream = await client.completions.create({ ...options, prompt: "The capital of France", echo: true, stream: true });
    for await (const part of stream) text += part.choices[0]?.text ?? "";
    expect(text).toBe(several.choices[0]?.text);
  });

  it("give log-probabilities in their own shape", async () => {
    const answer = await client.completions.create({ model: "demo", prompt: "The capital", temperature: 0, max_tokens: 4, logprobs: 2 });
    const logprobs = answer.choices[0]?.logprobs;
    expect(logprobs?.tokens?.join("")).toBe(answer.choices[0]?.text);
    expect(logprobs?.token_logprobs).toHaveLength(logprobs?.tokens?.length ?? -1);
    expect(logprobs?.text_offset?.[0]).toBe(0);
  });
});

it("echo with logprobs scores a text without generating, as evaluation harnesses ask", async () => {
  const options = { model: "demo", prompt: ["The capital of France is Paris.", "Red"], max_tokens: 0, echo: true, logprobs: 1 };
  const { choices } = await client.completions.create(options);
  expect(choices.map((choice) => choice.text)).toEqual(options.prompt);
  const [first] = choices;
  expect(first?.logprobs?.tokens?.join("")).toBe(options.prompt[0]);
  expect(first?.logprobs?.token_logprobs?.[0]).toBeNull();
  expect(first?.logprobs?.token_logprobs?.slice(1).every((logprob) => logprob <= 0)).toBe(true);
  expect(first?.logprobs?.text_offset?.slice(0, 2)).toEqual([0, first?.logprobs?.tokens?.[0]?.length]);
  const pieces: string[] = [];
  for await (const part of await client.completions.create({ ...options, prompt: options.prompt[0]!, max_tokens: 3, stream: true })) {
    pieces.push(...(part.choices[0]?.logprobs?.tokens ?? []));
  }
  expect(pieces.join("").startsWith(options.prompt[0]!)).toBe(true);
  const nothing = await client.completions.create({ model: "demo", prompt: "a", max_tokens: 0 });
  expect(nothing.choices[0]).toMatchObject({ text: "", finish_reason: "length" });
});

describe("the other endpoints", () => {
  it("embeddings: the client's default encoding, numbers, tokens, and a wrong size", async () => {
    const { data, usage } = await client.embeddings.create({ model: "demo", input: ["red apples", "green trees"] });
    expect(data.map((item) => item.embedding.length)).toEqual([256, 256]);
    expect(Math.hypot(...data[0]!.embedding)).toBeCloseTo(1, 4);
    expect(usage.prompt_tokens).toBeGreaterThan(2);
    const floats = await client.embeddings.create({ model: "demo", input: "red apples", encoding_format: "float" });
    floats.data[0]!.embedding.forEach((value, i) => expect(value).toBeCloseTo(data[0]!.embedding[i]!, 6));
    await expect(client.embeddings.create({ model: "demo", input: "x", dimensions: 7 })).rejects.toMatchObject({
      status: 400,
      param: "dimensions",
    });
    await expect(client.embeddings.create({ model: "demo", input: "" })).rejects.toMatchObject({ status: 400 });
  });

  it("models: listed, described, and refused by another name", async () => {
    expect(await client.models.retrieve("demo")).toMatchObject({ id: "demo", object: "model" });
    await expect(client.models.retrieve("other")).rejects.toMatchObject({ status: 404 });
    const { models } = (await (await fetch(`${server.url}/models`)).json()) as { models: object[] };
    expect(models).toEqual([{ base_model: "demo", versions: ["base"], description: expect.stringContaining("llama") }]);
  });

  it("tokenize and detokenize undo each other; a chat's tokens are those it is charged for", async () => {
    const { body } = await post("/tokenize", { content: "Hello wörld" });
    expect(body["count"]).toBe((body["tokens"] as number[]).length);
    expect((await post("/detokenize", { tokens: body["tokens"] })).body["content"]).toBe("Hello wörld");
    const chat = await post("/v1/tokenize", { messages });
    expect((await client.chat.completions.create(question)).usage?.prompt_tokens).toBe(chat.body["count"]);
    expect((await post("/tokenize", {})).status).toBe(400);
    expect((await post("/detokenize", { tokens: [99_999_999] })).status).toBe(400);
  });

  it("POST /infer answers in its own shape, and refuses adapters and models it does not have", async () => {
    const { body } = await post("/infer", { prompt: messages[0]!.content, max_new_tokens: 32 }, { "x-api-key": "any" });
    expect(body["result"]).toEqual(expect.any(String));
    expect(body["metadata"]).toMatchObject({
      model: "demo",
      version: "base",
      tokens_generated: expect.any(Number),
      response_time: expect.any(Number),
      generation_time: expect.any(Number),
    });
    expect((await post("/infer", { prompt: "x", adapter_version: "v9" })).status).toBe(404);
    expect((await post("/infer", { prompt: "x", base_model: "other" })).status).toBe(404);
  });

  it("describe themselves: every documented path exists", async () => {
    const document = (await (await fetch(`${server.url}/openapi.json`)).json()) as {
      openapi: string;
      paths: Record<string, Record<string, object>>;
    };
    expect(document.openapi).toBe("3.1.0");
    for (const [path, methods] of Object.entries(document.paths)) {
      for (const method of Object.keys(methods)) {
        const response = await fetch(`${server.url}${path.replace("{id}", "demo")}`, {
          method: method.toUpperCase(),
          ...(method === "post" ? { body: "{}", headers: { "content-type": "application/json" } } : {}),
        });
        const answer = await response.text();
        expect(answer, `${method} ${path}`).not.toMatch(/No route matches/);
        expect(response.status, `${method} ${path}`).toBeLessThan(500);
      }
    }
    expect(JSON.stringify(document.paths["/v1/chat/completions"])).toContain("max_completion_tokens");
    const page = await (await fetch(`${server.url}/docs`)).text();
    for (const text of ["/v1/embeddings", "number >0..1", "boolean<", "array, required", new URL(server.url).host])
      expect(page).toContain(text);
  });
});

it("a request's id stands in the header, the answer, the error and the log", async () => {
  const lines: Record<string, unknown>[] = [];
  const { default: pino } = await import("pino");
  const logger = pino({}, { write: (line: string) => void lines.push(JSON.parse(line) as Record<string, unknown>) });
  const own = await startServer(localService(engine), { host: "127.0.0.1", port: 0, logger });
  const send = (body: object, id: string) =>
    fetch(`${own.url}/v1/chat/completions`, {
      method: "POST",
      headers: { "content-type": "application/json", "x-request-id": id },
      body: JSON.stringify(body),
    });
  const good = await send({ messages, max_tokens: 3 }, "mine-1");
  expect(good.headers.get("x-request-id")).toBe("mine-1");
  expect(await good.json()).toMatchObject({ request_id: "mine-1" });
  const bad = await send({ messages: [] }, "mine-2");
  expect(await bad.json()).toMatchObject({ request_id: "mine-2" });
  const odd = await send({ messages: [] }, "odd id with spaces");
  expect(odd.headers.get("x-request-id")).toMatch(/^req-/);
  await own.close();
  expect(lines.find((line) => line["reqId"] === "mine-1" && line["status"] === 200)).toMatchObject({
    completionTokens: 3,
    path: "/v1/chat/completions",
  });
  expect(lines.find((line) => line["reqId"] === "mine-2" && line["msg"] === "refused")).toMatchObject({ code: "INVALID_ARGUMENT" });
});
