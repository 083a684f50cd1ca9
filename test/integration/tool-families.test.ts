import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import OpenAI from "openai";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Engine } from "../../src/lib/inference/engine/engine.js";
import type { RunningServer } from "../../src/lib/base/http/listen.js";
import { localService } from "../../src/lib/serving/server/service.js";
import { startServer } from "../../src/lib/serving/server/start-server.js";
import { toolModel } from "../helpers/tool-model.js";

const folder = mkdtempSync(join(tmpdir(), "llmops-test-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const TURNS = `{% for message in messages %}<|im_start|>{{ message.role }}
{{ message.content }}<|im_end|>
{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant
{% if enable_thinking is not defined %}THINK{% endif %}{% endif %}`;
const SHOWN = "{% if tools %}{% for tool in tools %}{{ tool | tojson }}\n{% endfor %}{% endif %}";

/** Short templates with the marks of a family. */
const TEMPLATES = {
  "qwen3-coder": `${SHOWN}{# <tool_call><function=name><parameter=a> #}${TURNS.replace("THINK", "")}`,
  mistral: `${SHOWN}{# [TOOL_CALLS]name[ARGS] #}${TURNS.replace("THINK", "")}`,
  glm: `${SHOWN}{# <tool_call>name\n<arg_key>a</arg_key>\n<arg_value> #}${TURNS.replace("THINK", "<think>\n")}`,
  harmony: `${SHOWN}{# <|channel|>final<|message|> #}${TURNS.replace("THINK", "")}`,
};

const tools = [
  {
    type: "function" as const,
    function: {
      name: "find",
      strict: true,
      parameters: {
        type: "object",
        properties: { place: { type: "string", enum: ["Paris", "Rome"] }, count: { type: "integer", minimum: 1, maximum: 9 } },
        required: ["place", "count"],
      },
    },
  },
  { type: "function" as const, function: { name: "ping", parameters: { type: "object", properties: {} } } },
];
const messages = [{ role: "user" as const, content: "What is the capital of France?" }];

describe.each(Object.entries(TEMPLATES))("tool calls of %s over HTTP", (family, template) => {
  let engine: Engine;
  let server: RunningServer;
  let client: OpenAI;

  beforeAll(async () => {
    engine = await Engine.load(await toolModel(template, folder), { slots: 2, contextSize: 1024, threads: 1 });
    server = await startServer(localService(engine), { host: "127.0.0.1", port: 0 });
    client = new OpenAI({ baseURL: `${server.url}/v1`, apiKey: "none", maxRetries: 0 });
  });
  afterAll(async () => {
    await server.close();
    await engine.close();
  });

  const ask = { model: "demo", messages, tools, temperature: 1, max_completion_tokens: 300 };

  it("is the family of the template", () => {
    expect(engine.toolFormat).toBe(family);
  });

  it.each([1, 2, 3])("are made where one is named, with the arguments it wants (seed %d)", async (seed) => {
    const answer = await client.chat.completions.create({
      ...ask,
      seed,
      tool_choice: { type: "function", function: { name: "find" } },
      reasoning_budget: 4,
    } as never);
    const [choice] = (answer as OpenAI.ChatCompletion).choices;
    expect(choice).toMatchObject({ finish_reason: "tool_calls", message: { content: null } });
    const [call, ...more] = choice?.message.tool_calls ?? [];
    expect(more).toEqual([]);
    const called = (call as { function: { name: string; arguments: string } }).function;
    expect(called.name).toBe("find");
    const { place, count } = JSON.parse(called.arguments) as { place: string; count: number };
    expect(["Paris", "Rome"]).toContain(place);
    expect(count).toSatisfy((value: number) => Number.isInteger(value) && value >= 1 && value <= 9);
  });

  it("stream their arguments, which are those of the whole answer", async () => {
    const required = { ...ask, seed: 5, tool_choice: "required" as const, parallel_tool_calls: false, reasoning_budget: 4 };
    const whole = (await client.chat.completions.create(required as never)) as OpenAI.ChatCompletion;
    const stream = client.chat.completions.stream(required as never);
    const final = await stream.finalChatCompletion();
    const named = ({ message }: { message: { tool_calls?: unknown } }) =>
      (message.tool_calls as { function: object }[]).map((one) => one.function);
    expect(final.choices.map(named)).toMatchObject(whole.choices.map(named));
    expect(final.choices[0]?.finish_reason).toBe("tool_calls");
  });

  it("are not made where none may be", async () => {
    const answer = await client.chat.completions.create({ ...ask, tool_choice: "none", max_completion_tokens: 8 });
    expect(answer.choices[0]?.message.tool_calls).toBeUndefined();
  });
});

describe("thoughts over HTTP", () => {
  let engine: Engine;
  let server: RunningServer;
  let client: OpenAI;

  beforeAll(async () => {
    engine = await Engine.load(await toolModel(TURNS.replace("THINK", "<think>\n"), folder), { slots: 2, contextSize: 1024, threads: 1 });
    server = await startServer(localService(engine), { host: "127.0.0.1", port: 0 });
    client = new OpenAI({ baseURL: `${server.url}/v1`, apiKey: "none", maxRetries: 0 });
  });
  afterAll(async () => {
    await server.close();
    await engine.close();
  });

  type Message = OpenAI.ChatCompletionMessage & { reasoning_content?: string; reasoning?: string };
  const create = async (more: object) => {
    const answer = (await client.chat.completions.create({
      model: "demo",
      messages,
      temperature: 0,
      max_completion_tokens: 40,
      ...more,
    } as never)) as OpenAI.ChatCompletion;
    return { message: answer.choices[0]?.message as Message, usage: answer.usage };
  };

  it("are apart from the answer, counted, and as long as they may be", async () => {
    const { message, usage } = await create({ reasoning_budget: 5 });
    expect(message.reasoning_content).toBeTruthy();
    expect(message.reasoning).toBe(message.reasoning_content);
    expect(message.content).toBeTruthy();
    expect(message.content).not.toContain("</think>");
    const thought = usage?.completion_tokens_details?.reasoning_tokens ?? 0;
    expect(thought).toBeGreaterThanOrEqual(5);
    expect(thought).toBeLessThan(usage?.completion_tokens ?? 0);
  });

  it("are the same in a stream", async () => {
    const { message } = await create({ reasoning_budget: 5 });
    const stream = await client.chat.completions.create({
      model: "demo",
      messages,
      temperature: 0,
      max_completion_tokens: 40,
      stream: true,
      reasoning_budget: 5,
    } as never);
    const got = { content: "", reasoning: "" };
    for await (const { choices } of stream as unknown as AsyncIterable<OpenAI.ChatCompletionChunk>) {
      const delta = choices[0]?.delta as { content?: string; reasoning_content?: string } | undefined;
      got.content += delta?.content ?? "";
      got.reasoning += delta?.reasoning_content ?? "";
    }
    expect(got).toEqual({ content: message.content, reasoning: message.reasoning_content });
  });

  it("are none with a budget of 0, and stay in the text where that is asked", async () => {
    const none = await create({ reasoning_budget: 0 });
    expect(none.message.reasoning_content).toBeUndefined();
    expect(none.message.content).toBeTruthy();
    const kept = await create({ reasoning_budget: 3, reasoning_format: "none" });
    expect(kept.message.reasoning_content).toBeUndefined();
    expect(kept.message.content).toMatch(/^<think>[^]*<\/think>/);
  });

  it("come before an answer that follows a schema", async () => {
    const schema = { type: "object", properties: { ok: { type: "boolean" } }, required: ["ok"], additionalProperties: false };
    const format = { type: "json_schema", json_schema: { name: "a", schema } };
    const { message } = await create({ response_format: format, reasoning_budget: 6 });
    expect(message.reasoning_content).toBeTruthy();
    expect(JSON.parse(message.content ?? "")).toEqual({ ok: expect.any(Boolean) });
  });
});

it("a model without tools is asked for JSON, which the answer says", async () => {
  const engine = await Engine.load(await toolModel(TURNS.replace("THINK", "")), { slots: 1, contextSize: 1024, threads: 1 });
  const server = await startServer(localService(engine), { host: "127.0.0.1", port: 0 });
  const asked = new OpenAI({ baseURL: `${server.url}/v1`, apiKey: "none", maxRetries: 0 });
  const request = {
    model: "demo",
    messages,
    tools,
    tool_choice: "required" as const,
    parallel_tool_calls: false,
    temperature: 1,
    seed: 2,
    max_completion_tokens: 300,
  };
  const { data, response } = await asked.chat.completions.create(request).withResponse();
  expect(response.headers.get("x-llmops-tool-format")).toBe("generic");
  expect(data.choices[0]).toMatchObject({ finish_reason: "tool_calls", message: { content: null } });
  const plain = await asked.chat.completions.create({ model: "demo", messages, max_completion_tokens: 4 }).withResponse();
  expect(plain.response.headers.get("x-llmops-tool-format")).toBeNull();
  await server.close();
  await engine.close();
});
