import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Anthropic from "@anthropic-ai/sdk";
import { zodOutputFormat } from "@anthropic-ai/sdk/helpers/zod";
import { betaTool } from "@anthropic-ai/sdk/helpers/beta/json-schema";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import type { RunningServer } from "../../src/lib/base/http/listen.js";
import { Engine } from "../../src/lib/inference/engine/engine.js";
import { openModelFile, type ModelFile } from "../../src/lib/inference/models/model-file.js";
import { ProviderPool } from "../../src/lib/inference/gateway/upstream/provider-pool.js";
import { UpstreamProvider } from "../../src/lib/inference/gateway/upstream/upstream-provider.js";
import { Access } from "../../src/lib/serving/access/access.js";
import { ApiKeys } from "../../src/lib/serving/access/api-keys.js";
import { MemoryLedger } from "../../src/lib/serving/access/ledger.js";
import { parseLimit } from "../../src/lib/serving/access/limit.js";
import { localService } from "../../src/lib/serving/server/service.js";
import { startServer } from "../../src/lib/serving/server/start-server.js";
import { chatAnswer, fakeUpstream, sendJson, sendStream } from "../helpers/fake-upstream.js";
import { gatewayServer } from "../helpers/gateway-server.js";
import { toolModel } from "../helpers/tool-model.js";

const folder = mkdtempSync(join(tmpdir(), "llmops-test-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const messages = [{ role: "user" as const, content: "What is the capital of France?" }];
const asked = { model: "demo", max_tokens: 100, messages };
/** The API has it, and the client's types do not. */
const greedy = { temperature: 0 };

/** A server of a model, with a client of Anthropic's. */
function serve(model: () => Promise<ModelFile>): { client: Anthropic; url: string; engine: Engine } {
  const there = {} as { client: Anthropic; url: string; engine: Engine };
  let server: RunningServer;
  beforeAll(async () => {
    there.engine = await Engine.load(await model(), { slots: 4, contextSize: 1024, threads: 1 });
    server = await startServer(localService(there.engine), { host: "127.0.0.1", port: 0, strictFields: true });
    there.url = server.url;
    there.client = new Anthropic({ baseURL: server.url, apiKey: "none", maxRetries: 0 });
  });
  afterAll(async () => {
    await server.close();
    await there.engine.close();
  });
  return there;
}

describe("Anthropic's client", () => {
  const there = serve(() => openModelFile("demo"));

  it("gets a message, whole and streamed, with the tokens of its prompt from the first event on", async () => {
    const whole = await there.client.messages.create({ ...asked, ...greedy });
    expect(whole).toMatchObject({ type: "message", role: "assistant", stop_reason: "end_turn", stop_sequence: null });
    expect(whole.content).toEqual([{ type: "text", text: "The capital of France is Paris.", citations: null }]);
    expect(whole.id).toMatch(/^msg_/);
    expect(whole._request_id).toMatch(/^req-/);
    const { count, events } = await read(there.client.messages.stream({ ...asked, ...greedy }));
    const kinds = events.map(({ type }) => type).filter((type, i, all) => type !== all[i - 1]);
    expect(kinds).toEqual([
      ...["message_start", "content_block_start", "content_block_delta", "content_block_stop", "message_delta", "message_stop"],
    ]);
    const prompt = whole.usage.input_tokens + (whole.usage.cache_read_input_tokens ?? 0);
    expect(count(events[0])).toBe(prompt);
    expect(count(events.at(-2))).toBe(prompt);
    const counted = await there.client.messages.countTokens({ model: "demo", messages });
    expect(counted).toEqual({ input_tokens: prompt });
  });

  it("gets the same from a stream as whole", async () => {
    const options = { ...asked, ...greedy, system: "You answer in one word.", stop_sequences: ["is"] };
    const whole = await there.client.messages.create(options);
    const streamed = await there.client.messages.stream(options).finalMessage();
    const { id, usage, content, stop_reason, stop_sequence } = streamed;
    expect(whole).toMatchObject({ content, stop_reason, stop_sequence });
    expect(usage.output_tokens).toBe(whole.usage.output_tokens);
    expect(id).not.toBe(whole.id);
  });

  it("hears why an answer ended", async () => {
    const stopped = await there.client.messages.create({ ...asked, ...greedy, stop_sequences: ["ZZZ", "ris"] });
    expect(stopped).toMatchObject({
      content: [{ text: "The capital of France is Pa" }],
      stop_reason: "stop_sequence",
      stop_sequence: "ris",
    });
    const streamed = await there.client.messages.stream({ ...asked, ...greedy, stop_sequences: ["ris"] }).finalMessage();
    expect(streamed).toMatchObject({
      content: [{ text: "The capital of France is Pa" }],
      stop_reason: "stop_sequence",
      stop_sequence: "ris",
    });
    expect(await there.client.messages.create({ ...asked, max_tokens: 1 })).toMatchObject({ stop_reason: "max_tokens" });
  });

  it("may begin the answer itself", async () => {
    const begun = { role: "assistant" as const, content: [{ type: "text" as const, text: "The capital of France is" }] };
    const message = await there.client.messages.create({ ...asked, ...greedy, messages: [...messages, begun] });
    expect(message.content).toMatchObject([{ type: "text", text: " Paris." }]);
  });

  it("holds answers to a schema", async () => {
    const format = zodOutputFormat(z.object({ city: z.string(), population: z.number().int() }));
    const message = await there.client.messages.parse({ ...asked, output_config: { format } });
    expect(message.parsed_output).toEqual({ city: expect.any(String) as string, population: expect.any(Number) as number });
  });

  it("gets errors of the kinds it knows", async () => {
    const wrong = there.client.messages.create({ ...asked, max_tokens: -1 });
    await expect(wrong).rejects.toMatchObject({ status: 400, error: { type: "error", error: { type: "invalid_request_error" } } });
    await expect(wrong).rejects.toThrow(/max_tokens/);
    await expect(wrong).rejects.toBeInstanceOf(Anthropic.BadRequestError);
    const search = there.client.messages.create({ ...asked, tools: [{ type: "web_search_20250305", name: "web_search" }] });
    await expect(search).rejects.toThrow(/does not have the tool web_search_20250305/);
    const long = there.client.messages.stream({ ...asked, messages: [{ role: "user", content: "word ".repeat(3000) }] });
    await expect(long.finalMessage()).rejects.toMatchObject({ status: 400, requestID: expect.stringMatching(/^req-/) as string });
  });

  it("stops a generation by going away", async () => {
    const stream = there.client.messages.stream({ ...asked, max_tokens: 900, ...{ ignore_eos: true } });
    stream.on("text", () => stream.abort());
    await expect(stream.finalMessage()).rejects.toBeInstanceOf(Anthropic.APIUserAbortError);
    await expect.poll(() => there.engine.state.busySlots).toBe(0);
  });
});

describe("tools of Anthropic's client", () => {
  const there = serve(() => toolModel(undefined, folder));
  const tools = [
    {
      name: "get_weather",
      description: "The weather in a city.",
      strict: true,
      input_schema: { type: "object" as const, properties: { city: { type: "string", enum: ["Paris", "Rome"] } }, required: ["city"] },
    },
  ];

  it("are called, whole and streamed, and their results are taken back", async () => {
    const options = { ...asked, ...greedy, tools, tool_choice: { type: "any" as const, disable_parallel_tool_use: true } };
    const whole = await there.client.messages.create(options);
    expect(whole.stop_reason).toBe("tool_use");
    const [call] = whole.content;
    expect(call).toMatchObject({ type: "tool_use", name: "get_weather", input: { city: expect.stringMatching(/Paris|Rome/) as string } });
    const streamed = await there.client.messages.stream(options).finalMessage();
    expect(streamed.content).toMatchObject([{ type: "tool_use", name: "get_weather", input: (call as { input: unknown }).input }]);
    const result = { type: "tool_result" as const, tool_use_id: (call as { id: string }).id, is_error: true };
    const more = await there.client.messages.create({
      ...{ ...asked, tools, max_tokens: 5 },
      messages: [
        ...messages,
        { role: "assistant", content: whole.content },
        { role: "user", content: [{ ...result, content: [{ type: "text", text: "No such city" }] }] },
      ],
    });
    expect(more.usage.output_tokens).toBeGreaterThan(0);
    const one = there.client.messages.create({ ...options, tool_choice: { type: "tool", name: "get_weather" } });
    expect((await one).stop_reason).toBe("tool_use");
    const none = await there.client.messages.create({ ...options, tool_choice: { type: "none" } });
    expect(none.content.every(({ type }) => type === "text")).toBe(true);
  });

  it("are run by its runner", async () => {
    const asks: unknown[] = [];
    const weather = betaTool({
      name: "get_weather",
      description: "The weather in a city.",
      inputSchema: { type: "object", properties: { city: { type: "string", enum: ["Paris"] } }, required: ["city"] },
      run: (input) => {
        asks.push(input);
        return "sunny";
      },
    });
    const runner = there.client.beta.messages.toolRunner({
      ...{ ...asked, tools: [weather], max_iterations: 2 },
      tool_choice: { type: "tool", name: "get_weather" },
    });
    await runner;
    expect(asks[0]).toEqual({ city: "Paris" });
  });
});

describe("thoughts", () => {
  const turns = `{% for message in messages %}<|im_start|>{{ message.role }}
{% if message.reasoning_content %}<think>{{ message.reasoning_content }}</think>{% endif %}{{ message.content }}<|im_end|>
{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant
{% if enable_thinking is defined and enable_thinking %}<think>
{% endif %}{% endif %}{# <think></think> #}`;
  const there = serve(() => toolModel(turns, folder));
  const format = { type: "json_schema" as const, schema: { type: "object", properties: { n: { type: "integer" } }, required: ["n"] } };
  const thinking = { type: "enabled" as const, budget_tokens: 1024 };

  it("are blocks of their own, signed, bounded by their budget, and may be left out", async () => {
    const options = { ...asked, ...greedy, thinking: { ...thinking, budget_tokens: 8 }, output_config: { format } };
    const whole = await there.client.messages.create(options);
    const [thought, text] = whole.content;
    expect(thought).toMatchObject({ type: "thinking", signature: expect.stringMatching(/^.{44}$/) as string });
    expect(JSON.parse((text as { text: string }).text)).toEqual({ n: expect.any(Number) as number });
    const streamed = await there.client.messages.stream(options).finalMessage();
    expect(streamed.content).toEqual(whole.content);
    const hidden = await there.client.messages.stream({ ...options, thinking: { ...options.thinking, display: "omitted" } }).finalMessage();
    expect(hidden.content).toEqual([{ ...thought, thinking: "" }, text]);
    const without = await there.client.messages.create({ ...asked, thinking: { type: "disabled" } });
    expect(without.content.map(({ type }) => type)).toEqual(["text"]);
  });

  it("of earlier turns are part of the prompt", async () => {
    const count = async (content: Anthropic.ContentBlockParam[]) =>
      (await there.client.messages.countTokens({ model: "demo", messages: [...messages, { role: "assistant", content }, ...messages] }))
        .input_tokens;
    const text = { type: "text" as const, text: "Paris" };
    const plain = await count([text]);
    expect(await count([{ type: "thinking", thinking: "It is in France.", signature: "" }, text])).toBeGreaterThan(plain);
    expect(await count([{ type: "redacted_thinking", data: "x" }, text])).toBe(plain);
  });
});

describe("before an upstream", () => {
  const serveUpstream = async (handler: Parameters<typeof fakeUpstream>[0], parts: Parameters<typeof gatewayServer>[0] = {}) => {
    const up = await fakeUpstream(handler);
    const provider = new ProviderPool([new UpstreamProvider({ name: "up", url: up.url })], { retries: 0 });
    const { url } = await gatewayServer({ provider, ...parts });
    return { up, client: new Anthropic({ baseURL: url, apiKey: "secret", maxRetries: 0 }) };
  };

  it("gets the upstream's chats as messages, whole and streamed", async () => {
    const { up, client } = await serveUpstream(({ body }, response) => {
      if (body["stream"] === true) return sendStream(response, ["Par", "is"]);
      return sendJson(response, chatAnswer("Paris"));
    });
    expect(await client.messages.create(asked)).toMatchObject({ model: "big", content: [{ text: "Paris" }], usage: { input_tokens: 5 } });
    expect(up.seen[0]).toMatchObject({ path: "/v1/chat/completions", body: { messages, max_tokens: 100 } });
    const streamed = await client.messages.stream(asked).finalMessage();
    expect(streamed).toMatchObject({ content: [{ text: "Paris" }], stop_reason: "end_turn", usage: { input_tokens: 5 } });
  });

  it("is told that models are given no pictures", async () => {
    const { client } = await serveUpstream((_request, response) => sendJson(response, chatAnswer("Paris")));
    const source = { type: "base64" as const, media_type: "image/png" as const, data: "" };
    const picture = client.messages.create({ ...asked, messages: [{ role: "user", content: [{ type: "image", source }] }] });
    await expect(picture).rejects.toThrow(/block 0: .* models are given no pictures/);
  });

  it("gets what breaks in the middle as an error event", async () => {
    const { client } = await serveUpstream((_request, response) => sendStream(response, ["Par", "is"], { breakAfter: 1 }));
    const broken = client.messages.stream(asked).finalMessage();
    await expect(broken).rejects.toMatchObject({ error: { type: "error", error: { type: "api_error" } } });
  });

  it("is refused without a key that is known, and within a limit is answered", async () => {
    const handler = (_request: unknown, response: Parameters<typeof sendJson>[0]) => sendJson(response, chatAnswer("Paris"));
    const { client } = await serveUpstream(handler, { keys: new ApiKeys({ keys: { infer: ["other"] } }) });
    const unknown = client.messages.create(asked);
    await expect(unknown).rejects.toMatchObject({ status: 401, error: { type: "error", error: { type: "authentication_error" } } });
    const access = new Access({ ledger: new MemoryLedger(), limits: [parseLimit("200tokens/day")], maxParallel: undefined });
    const metered = await serveUpstream(handler, { keys: new ApiKeys({ keys: { infer: ["secret"] } }), access });
    const thinking = { type: "enabled" as const, budget_tokens: 5 };
    expect((await metered.client.messages.create({ ...asked, max_tokens: 9, thinking })).stop_reason).toBe("end_turn");
    const spent = metered.client.messages.create({ ...asked, max_tokens: 900 });
    await expect(spent).rejects.toMatchObject({ status: 429, error: { error: { type: "rate_limit_error" } } });
  });
});

/** The events of a stream, and the tokens of the prompt that one of them tells. */
async function read(stream: AsyncIterable<Anthropic.MessageStreamEvent>) {
  const events: Anthropic.MessageStreamEvent[] = [];
  for await (const event of stream) events.push(event);
  const usageOf = (event: Anthropic.MessageStreamEvent | undefined) => {
    if (event?.type === "message_start") return event.message.usage;
    return event?.type === "message_delta" ? event.usage : undefined;
  };
  const count = (event: Anthropic.MessageStreamEvent | undefined) => {
    const usage = usageOf(event);
    return (usage?.input_tokens ?? 0) + (usage?.cache_read_input_tokens ?? 0);
  };
  return { events, count };
}
