import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Ollama, type ChatResponse } from "ollama";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { RunningServer } from "../../src/lib/base/http/listen.js";
import { Engine } from "../../src/lib/inference/engine/engine.js";
import { ProviderPool } from "../../src/lib/inference/gateway/upstream/provider-pool.js";
import { UpstreamProvider } from "../../src/lib/inference/gateway/upstream/upstream-provider.js";
import { openModelFile, type ModelFile } from "../../src/lib/inference/models/model-file.js";
import { ApiKeys } from "../../src/lib/serving/access/api-keys.js";
import { OwnModels } from "../../src/lib/serving/server/own-models.js";
import { localService } from "../../src/lib/serving/server/service.js";
import { startServer } from "../../src/lib/serving/server/start-server.js";
import { chatAnswer, fakeUpstream, sendJson, sendStream } from "../helpers/fake-upstream.js";
import { gatewayServer } from "../helpers/gateway-server.js";
import { toolModel } from "../helpers/tool-model.js";

const folder = mkdtempSync(join(tmpdir(), "llmops-test-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const messages = [{ role: "user", content: "What is the capital of France?" }];
const ANSWER = "The capital of France is Paris.";
const asked = { model: "demo", messages, options: { temperature: 0 } };

function serve(model: () => Promise<ModelFile>): { client: Ollama; url: string; engine: Engine } {
  const there = {} as { client: Ollama; url: string; engine: Engine };
  let server: RunningServer;
  beforeAll(async () => {
    there.engine = await Engine.load(await model(), { slots: 4, contextSize: 1024, threads: 1 });
    server = await startServer(localService(there.engine), { host: "127.0.0.1", port: 0, strictFields: true });
    there.url = server.url;
    there.client = new Ollama({ host: server.url });
  });
  afterAll(async () => {
    await server.close();
    await there.engine.close();
  });
  return there;
}

async function read(stream: AsyncIterable<ChatResponse>): Promise<ChatResponse[]> {
  const lines: ChatResponse[] = [];
  for await (const line of stream) lines.push(line);
  return lines;
}

describe("Ollama's client", () => {
  const there = serve(() => openModelFile("demo"));

  it("chats, whole and streamed", async () => {
    const whole = await there.client.chat(asked);
    expect(whole).toMatchObject({ model: "demo", message: { role: "assistant", content: ANSWER }, done: true, done_reason: "stop" });
    expect(whole.eval_count).toBeGreaterThan(0);
    expect(whole.total_duration).toBeGreaterThanOrEqual(whole.eval_duration);
    const lines = await read(await there.client.chat({ ...asked, stream: true }));
    expect(lines.length).toBeGreaterThan(3);
    expect(lines.map(({ message }) => message.content).join("")).toBe(ANSWER);
    expect(lines.map(({ done }) => done)).toEqual([...lines.slice(1).map(() => false), true]);
    expect(lines.at(-1)).toMatchObject({ eval_count: whole.eval_count, prompt_eval_count: whole.prompt_eval_count, done_reason: "stop" });
  });

  it("streams unless it is told not to", async () => {
    const response = await fetch(`${there.url}/api/chat`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ ...asked, stream: undefined }),
    });
    const text = await response.text();
    expect([response.headers.get("content-type"), text]).toEqual(["application/x-ndjson", expect.any(String)]);
    expect(text.trim().split("\n").length).toBeGreaterThan(3);
  });

  it("generates from a prompt, in the chat template and as it is", async () => {
    const options = { temperature: 0, stop: ["Paris"], num_predict: 50 };
    const prompt = "What is the capital of France?";
    const answer = await there.client.generate({ model: "demo:latest", prompt, system: "Be brief.", options });
    expect(answer).toMatchObject({ model: "demo:latest", response: "The capital of France is ", done: true, done_reason: "stop" });
    const raw = await there.client.generate({ model: "demo", prompt: "one two", raw: true, options: { num_predict: 3, temperature: 0 } });
    expect(raw.eval_count).toBeLessThanOrEqual(3);
    expect(raw.prompt_eval_count).toBeLessThan(answer.prompt_eval_count);
    const cut = await there.client.chat({ ...asked, options: { num_predict: 1 } });
    expect(cut.done_reason).toBe("length");
    expect(await there.client.generate({ model: "demo", prompt: "" })).toMatchObject({ done: true, done_reason: "load" });
  });

  it("holds answers to a format", async () => {
    const format = { type: "object", properties: { n: { type: "integer" } }, required: ["n"] };
    const held = await there.client.chat({ ...asked, format });
    expect(JSON.parse(held.message.content)).toEqual({ n: expect.any(Number) as number });
    const options = { num_predict: 200, temperature: 0 };
    const json = await there.client.generate({ model: "demo", prompt: "JSON:", format: "json", options });
    expect(json.done_reason === "length" || typeof JSON.parse(json.response ?? "") === "object").toBe(true);
  });

  it("gets log-probabilities", async () => {
    const { logprobs } = await there.client.chat({ ...asked, logprobs: true, top_logprobs: 2 });
    expect(logprobs?.map(({ token }) => token).join("")).toBe(ANSWER);
    expect(logprobs?.[0]?.top_logprobs).toHaveLength(2);
  });

  it("finds the models and what they are", async () => {
    const { models } = await there.client.list();
    expect(models).toMatchObject([{ name: "demo:latest", details: { format: "gguf" } }]);
    expect(models[0]?.digest).toMatch(/^[\da-f]{64}$/);
    expect((await there.client.ps()).models).toMatchObject([{ name: "demo:latest", context_length: 1024 }]);
    const shown = await there.client.show({ model: "demo:latest" });
    expect(shown.capabilities).toContain("completion");
    expect(shown.model_info).toMatchObject({ "general.architecture": shown.details.family });
    expect((await there.client.version()).version).toMatch(/^\d+\.\d+\.\d+$/);
    expect(await (await fetch(there.url)).text()).toBe("Ollama is running");
  });

  it("gets vectors", async () => {
    const { embeddings, prompt_eval_count: count } = await there.client.embed({ model: "demo", input: ["one", "two"] });
    const [first, second] = embeddings;
    expect(embeddings).toHaveLength(2);
    expect(count).toBeGreaterThan(1);
    expect(first).not.toEqual(second);
    expect((await there.client.embeddings({ model: "demo", prompt: "one" })).embedding).toEqual(first);
  });

  it("is refused what is not done here, in its words", async () => {
    const generate = { model: "demo", prompt: "hi" };
    await expect(there.client.pull({ model: "llama3" })).rejects.toMatchObject({
      status_code: 400,
      error: expect.stringMatching(/models pull/) as string,
    });
    await expect(there.client.delete({ model: "demo" })).rejects.toThrow(/\/api\/delete is not supported/);
    await expect(there.client.generate({ ...generate, template: "{{ .Prompt }}" })).rejects.toThrow(/template/);
    await expect(there.client.generate({ ...generate, context: [1, 2] })).rejects.toThrow(/messages to \/api\/chat/);
    await expect(there.client.generate({ ...generate, images: ["aGk="] })).rejects.toThrow(/models are given no pictures/);
    await expect(there.client.chat({ ...asked, options: { min_p: 9 } })).rejects.toThrow(/^options\.min_p: /);
    await expect(there.client.chat({ ...asked, min_p: 9 } as typeof asked)).rejects.toThrow(/^min_p: /);
    await expect(there.client.chat({ ...asked, options: { num_predict: -7 } })).rejects.toThrow(/num_predict/);
    await expect(there.client.generate({ ...generate, raw: true, think: true })).rejects.toThrow(/think/);
    await expect(there.client.chat({ ...asked, options: { penalize_newline: false } })).rejects.toThrow(/penalize_newline/);
    await expect(there.client.chat({ ...asked, messages: [{ role: "user", content: "word ".repeat(3000) }] })).rejects.toMatchObject({
      status_code: 400,
    });
  });

  it("has a raw prompt continued as long as the context lasts", async () => {
    const raw = { model: "demo", prompt: "one two", raw: true, options: { temperature: 0 } };
    const { eval_count: count, done_reason: reason } = await there.client.generate({ ...raw, ...{ ignore_eos: true } });
    expect([count > 900, reason]).toEqual([true, "length"]);
  });

  it("may say what changes nothing", async () => {
    const options = { num_ctx: 2048, num_gpu: 1, num_thread: 4, mirostat: 0, temperature: 0 };
    expect((await there.client.chat({ ...asked, keep_alive: "5m", options })).message.content).toBe(ANSWER);
  });

  it("stops a generation by going away", async () => {
    const stream = await there.client.chat({ ...asked, stream: true, options: { num_predict: 900 }, ...{ ignore_eos: true } });
    await expect(
      (async () => {
        for await (const line of stream) {
          expect(line.done).toBe(false);
          there.client.abort();
        }
      })(),
    ).rejects.toThrow(/abort/i);
    await expect.poll(() => there.engine.state.busySlots).toBe(0);
  });
});

describe("tools and thoughts of Ollama's client", () => {
  const turns = `{% if tools %}<tool_call>{{ tools | tojson }}{% endif %}{% for message in messages %}<|im_start|>{{ message.role }}
{{ message.content }}{% for call in message.tool_calls or [] %}<tool_call>{{ call.function | tojson }}</tool_call>{% endfor %}<|im_end|>
{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant
{% if enable_thinking is defined and enable_thinking %}<think>
{% endif %}{% endif %}{# <think></think> #}`;
  const there = serve(() => toolModel(turns, folder));
  const parameters = { type: "object", properties: { city: { type: "string", enum: ["Paris"] } }, required: ["city"] };
  const tools = [{ type: "function", function: { name: "get_weather", parameters } }];

  it("calls are whole, and results are taken back", async () => {
    const calls = { function: { name: "get_weather", arguments: { city: "Paris" } } };
    const more = await there.client.chat({
      ...asked,
      tools,
      messages: [
        ...messages,
        { role: "assistant", content: "", tool_calls: [calls] },
        { role: "tool", content: "sunny", tool_name: "get_weather" },
      ],
      options: { num_predict: 5 },
    });
    expect(more.done).toBe(true);
    expect((await there.client.show({ model: "demo" })).capabilities).toContain("thinking");
  });

  it("thoughts are apart, and may be switched", async () => {
    const options = { ...asked, options: { num_predict: 20, temperature: 0 } };
    const lines = await read(await there.client.chat({ ...options, think: true, stream: true }));
    expect(lines.map(({ message }) => message.thinking ?? "").join("")).not.toBe("");
    const without = await there.client.chat({ ...options, think: false });
    expect(without.message.thinking).toBeUndefined();
  });
});

describe("a model that has not been loaded", () => {
  it("is waited for by a request that only wants it loaded", async () => {
    const { url } = await gatewayServer({ models: new OwnModels("big"), deadlines: { totalMs: 20 } });
    const loading = new Ollama({ host: url }).generate({ model: "big", prompt: "" });
    await expect(loading).rejects.toMatchObject({ status_code: 503 });
  });
});

describe("before an upstream", () => {
  it("gets the upstream's chats, and errors in Ollama's words", async () => {
    const call = { index: 0, id: "c1", type: "function", function: { name: "f", arguments: '{"a":1}' } };
    const up = await fakeUpstream(({ body }, response) => {
      if (body["stream"] === true) return sendStream(response, ["Par", "is"], body["seed"] === 1 ? { breakAfter: 1 } : {});
      const message = { role: "assistant", content: null, tool_calls: [call] };
      return sendJson(response, chatAnswer("", { choices: [{ index: 0, message, finish_reason: "tool_calls" }] }));
    });
    const provider = new ProviderPool([new UpstreamProvider({ name: "up", url: up.url })], { retries: 0 });
    const { url } = await gatewayServer({ provider, keys: new ApiKeys({ keys: { infer: ["secret"] } }) });
    const client = new Ollama({ host: url, headers: { authorization: "Bearer secret" } });
    expect((await client.chat(asked)).message.tool_calls).toEqual([{ id: "c1", function: { name: "f", arguments: { a: 1 } } }]);
    const lines = await read(await client.chat({ ...asked, stream: true }));
    expect(lines.map(({ message }) => message.content)).toEqual(["Par", "is", ""]);
    expect(lines.at(-1)).toMatchObject({ prompt_eval_count: 5, done: true });
    await expect(client.embed({ model: "big", input: "one" })).rejects.toMatchObject({ status_code: 502 });
    const broken = await client.chat({ ...asked, stream: true, options: { seed: 1 } });
    await expect(read(broken)).rejects.toThrow();
    await expect(new Ollama({ host: url }).chat(asked)).rejects.toMatchObject({
      status_code: 401,
      error: expect.stringMatching(/API key/) as string,
    });
  });
});
