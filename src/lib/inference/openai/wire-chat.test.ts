import { describe, expect, it } from "vitest";
import { errorOf } from "../../../../test/helpers/error-of.js";
import { parseChatRequest } from "./wire-chat.js";

const messages = [{ role: "user", content: "Hi" }];

describe("parseChatRequest", () => {
  it("takes OpenAI's names, nulls as absent, and content parts", () => {
    const { completion, stream, includeUsage } = parseChatRequest({
      model: "any",
      messages: [
        {
          role: "user",
          content: [
            { type: "text", text: "a" },
            { type: "text", text: "b" },
          ],
        },
      ],
      temperature: 0.5,
      top_p: null,
      top_k: 3,
      max_tokens: 5,
      max_completion_tokens: 7,
      stop: "x",
      seed: 1,
      stream: true,
      stream_options: { include_usage: true },
      user: "ignored because it does not change the answer",
    });
    expect(completion).toEqual({
      messages: [{ role: "user", content: "ab" }],
      temperature: 0.5,
      topK: 3,
      maxTokens: 7,
      stop: ["x"],
      seed: 1,
    });
    expect([stream, includeUsage]).toEqual([true, true]);
  });

  it("takes a JSON schema for the answer", () => {
    const schema = { type: "object", properties: { score: { enum: [1, 2] } } };
    const { completion } = parseChatRequest({ messages, response_format: { type: "json_schema", json_schema: { name: "x", schema } } });
    expect(completion.responseFormat).toEqual({ type: "json_schema", schema });
  });

  const schema = { type: "object" };
  const json = (field: string) => ({ type: "json_schema", schema, field });
  it.each([
    [{ response_format: { type: "json_schema", json_schema: { schema, strict: true } } }, { type: "json_schema", schema, strict: true }],
    [{ response_format: { type: "json_schema", schema } }, { type: "json_schema", schema }],
    [{ response_format: { type: "json_object", schema } }, { type: "json_schema", schema }],
    [{ response_format: { type: "json_object" } }, { type: "json_object" }],
    [{ json_schema: schema }, json("json_schema")],
    [{ guided_json: JSON.stringify(schema) }, json("guided_json")],
    [{ structured_outputs: { json: schema } }, json("structured_outputs.json")],
    [{ guided_regex: "a+" }, { type: "regex", pattern: "a+", field: "guided_regex" }],
    [{ structured_outputs: { choice: ["a"] } }, { type: "choice", choices: ["a"], field: "structured_outputs.choice" }],
    [{ grammar: 'root ::= "x"' }, { type: "grammar", grammar: 'root ::= "x"', field: "grammar" }],
    [{ grammar: "", guided_choice: null }, undefined],
  ])("takes the format of %j", (fields, format) => {
    expect(parseChatRequest({ messages, ...fields }).completion.responseFormat).toEqual(format);
  });

  it.each([
    [{ messages, guided_regex: "a", grammar: 'root ::= "x"' }, "guided_regex"],
    [{ messages, guided_json: "{" }, "guided_json"],
    [{ messages, structured_outputs: { whitespace: 1 } }, "structured_outputs"],
    [{ messages: [] }, "messages"],
    [{ messages: [{ role: "tool", content: "x" }] }, "messages.0.tool_call_id"],
    [{ messages: [{ role: "robot", content: "x" }] }, "messages.0.role"],
    [{ messages: [{ role: "user", content: [{ type: "image_url", image_url: { url: "x" } }] }] }, "messages.0.content"],
    [{ messages: [{ role: "user", content: null }] }, "messages.0.content"],
    [{ messages, temperature: -1 }, "temperature"],
    [{ messages, max_tokens: -2 }, "max_tokens"],
    [{ messages, stop: 5 }, "stop"],
    [{ messages, seed: 1.5 }, "seed"],
    [{ messages, n: 0 }, "n"],
    [{ messages, timeout: 301 }, "timeout"],
    [{ messages, logit_bias: { hello: 101 } }, "logit_bias.hello"],
    [{ messages, top_logprobs: 21 }, "top_logprobs"],
    [{ messages, tools: [{ type: "function" }] }, "tools.0.function"],
    [{ messages, tools: [{ type: "function", function: { name: "two words" } }] }, "tools.0.function.name"],
    [{ messages, modalities: ["audio"] }, "modalities.0"],
    [{ messages, response_format: { type: "yaml" } }, "response_format.type"],
    [{ messages, response_format: { type: "json_schema" } }, "response_format.json_schema"],
  ])("refuses %j naming %s", async (body, param) => {
    const error = await errorOf(() => parseChatRequest(body));
    expect(error).toMatchObject({ code: "INVALID_ARGUMENT", httpStatus: 400, param });
  });

  it.each([
    [{ messages, functions: [{ name: "f" }] }, "functions"],
    [{ messages, length_penalty: 2 }, "length_penalty"],
    [{ messages, lora: "x" }, "lora"],
  ])("refuses what it cannot do, never ignores it: %j", async (body, param) => {
    expect(await errorOf(() => parseChatRequest(body))).toMatchObject({ code: "UNSUPPORTED_PARAMETER", param });
  });

  it("accepts the neutral values of what it cannot do", () => {
    expect(() => parseChatRequest({ messages, mirostat: 0, min_tokens: 0, use_beam_search: false, functions: null })).not.toThrow();
  });

  it("takes tools, and the calls and results of earlier turns", () => {
    const call = { id: "call_1", type: "function", function: { name: "add", arguments: '{"a": 1}' } };
    const { completion } = parseChatRequest({
      messages: [
        ...messages,
        { role: "assistant", content: null, tool_calls: [call] },
        { role: "tool", tool_call_id: "call_1", content: "2" },
      ],
      tools: [
        { type: "function", function: { name: "add", description: "Adds.", parameters: { type: "object", properties: {} }, strict: true } },
      ],
      tool_choice: { type: "function", function: { name: "add" } },
      parallel_tool_calls: false,
    });
    expect(completion).toEqual({
      messages: [
        ...messages,
        { role: "assistant", content: "", toolCalls: [{ id: "call_1", name: "add", arguments: '{"a": 1}' }] },
        { role: "tool", content: "2", toolCallId: "call_1" },
      ],
      tools: [{ name: "add", description: "Adds.", parameters: { type: "object", properties: {} }, strict: true }],
      toolChoice: { name: "add" },
      singleToolCall: true,
    });
  });

  it("takes deadlines in seconds and any integer as a seed", () => {
    const parsed = parseChatRequest({ messages, timeout: 1.5, first_token_timeout: 1, stall_timeout: 2, seed: -7 });
    expect(parsed.deadlines).toEqual({ totalMs: 1500, firstTokenMs: 1000, stallMs: 2000 });
    expect(parsed.completion.seed).toBeGreaterThanOrEqual(0);
    expect(parsed.completion.seed).toBe(parseChatRequest({ messages, seed: -7 }).completion.seed);
  });

  it("refuses a body that is not an object", async () => {
    expect((await errorOf(() => parseChatRequest("x"))).message).toContain("The request body");
  });
});
