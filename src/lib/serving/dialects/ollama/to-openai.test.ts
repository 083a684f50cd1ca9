import { describe, expect, it } from "vitest";
import { errorOf } from "../../../../../test/helpers/error-of.js";
import { LlmopsError } from "../../../base/errors/llmops-error.js";
import { checkBody } from "../../../inference/openai/wire-fields.js";
import { chatBodySchema, generateBodySchema } from "./ollama-body.js";
import { isOnlyLoading, translateChat, translateGenerate } from "./to-openai.js";

const messages = [{ role: "user", content: "Hi" }];
const chatOf = (more: object) => translateChat(checkBody(chatBodySchema, { model: "m:latest", messages, stream: false, ...more }), "m");
const generateOf = (more: object) =>
  translateGenerate(checkBody(generateBodySchema, { model: "m", prompt: "Hi", stream: false, ...more }), "m");

describe("a request of Ollama's API", () => {
  it("is a chat, streamed unless it says otherwise", () => {
    expect(chatOf({}).body).toEqual({ model: "m", messages });
    expect(chatOf({ stream: undefined }).body).toMatchObject({ stream: true, stream_options: { include_usage: true } });
    const options = { temperature: 0.5, top_k: 3, num_predict: 9, stop: "x", num_ctx: 4096, mirostat: 2, repeat_last_n: 64 };
    expect(chatOf({ options }).body).toEqual({
      model: "m",
      messages,
      temperature: 0.5,
      top_k: 3,
      mirostat: 2,
      repeat_last_n: 64,
      max_tokens: 9,
      stop: "x",
    });
    expect(chatOf({ options: { num_predict: -1 } }).body).toEqual({ model: "m", messages });
  });

  it("has results of tools answer the calls they belong to", () => {
    const call = (name: string) => ({ function: { name, arguments: { a: 1 } } });
    const turns = [
      ...messages,
      { role: "assistant", content: "", tool_calls: [call("f"), call("g")] },
      { role: "tool", content: "of g", tool_name: "g" },
      { role: "tool", content: "of f" },
    ];
    const translated = chatOf({ messages: turns }).body["messages"] as { tool_calls?: { id: string }[]; tool_call_id?: string }[];
    const [f, g] = translated[1]?.tool_calls ?? [];
    expect(translated[2]).toMatchObject({ role: "tool", content: "of g", tool_call_id: g?.id });
    expect(translated[3]).toMatchObject({ role: "tool", content: "of f", tool_call_id: f?.id });
    expect(f?.id).not.toBe(g?.id);
  });

  it("says how much to think and what the answer has to be", () => {
    expect(chatOf({ think: false }).body).toMatchObject({ reasoning_effort: "none", reasoning_budget: 0 });
    expect(chatOf({ think: "high" }).body).toMatchObject({ chat_template_kwargs: { enable_thinking: true, reasoning_effort: "high" } });
    expect(chatOf({ format: "json" }).body).toMatchObject({ response_format: { type: "json_object" } });
    expect(chatOf({ format: { type: "object" } }).body).toMatchObject({ response_format: { json_schema: { schema: { type: "object" } } } });
    expect(chatOf({ format: "" }).body).not.toHaveProperty("response_format");
  });

  it("is a text to continue where it is raw, or has a gap to fill", () => {
    expect(generateOf({ system: "Be brief." })).toMatchObject({
      ...{ path: "/v1/chat/completions", body: { messages: [{ role: "system", content: "Be brief." }, ...messages] } },
    });
    expect(generateOf({ raw: true })).toMatchObject({ path: "/v1/completions", body: { prompt: "Hi", max_tokens: -1 } });
    expect(generateOf({ raw: true, options: { num_predict: -1 } }).body).toMatchObject({ max_tokens: -1 });
    expect(generateOf({ suffix: "!", options: { num_predict: 3 } })).toMatchObject({
      ...{ path: "/v1/completions", body: { prompt: "Hi", suffix: "!", max_tokens: 3 } },
    });
  });

  it("may only want its model loaded", () => {
    expect(isOnlyLoading(checkBody(chatBodySchema, { model: "m", messages: [] }))).toBe(true);
    expect(isOnlyLoading(checkBody(generateBodySchema, { model: "m" }))).toBe(true);
    expect(isOnlyLoading(checkBody(generateBodySchema, { model: "m", prompt: "a" }))).toBe(false);
  });

  it.each([
    [{ template: "{{ .Prompt }}" }, "template"],
    [{ context: [1] }, "context"],
    [{ options: { tfs_z: 0.5 } }, "options.tfs_z"],
    [{ options: { penalize_newline: false } }, "options.penalize_newline"],
    [{ raw: true, system: "a" }, "system"],
  ])("is refused by the name of its field: %o", async (more, param) => {
    expect(await errorOf(() => generateOf(more))).toMatchObject({ code: "UNSUPPORTED_PARAMETER", param });
  });
});

describe("an answer in Ollama's shape", () => {
  const head = { id: "chatcmpl-1", model: "big" };
  const chunk = (delta: object, reason: string | null = null, more: object = {}) => ({
    ...{ ...head, choices: [{ index: 0, delta, finish_reason: reason }], ...more },
  });
  const lines = (text: string) =>
    text
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Record<string, unknown>);

  it("has calls whole, whatever pieces they come in", () => {
    const stream = chatOf({}).stream(() => undefined);
    const pieces = ['{"a"', ": 1}"].map((text) => chunk({ tool_calls: [{ index: 0, function: { arguments: text } }] }));
    const first = chunk({ tool_calls: [{ index: 0, id: "c", function: { name: "f", arguments: "" } }] });
    const timings = { prompt_ms: 2, predicted_ms: 3 };
    const usage = { prompt_tokens: 4, completion_tokens: 5 };
    const events = [
      chunk({ content: "Let me see." }),
      first,
      ...pieces,
      chunk({}, "tool_calls", { timings }),
      { ...head, choices: [], usage },
    ];
    const [text, calls, last, ...more] = lines(events.map((event) => stream.event(event)).join("") + stream.end());
    expect(text).toMatchObject({ model: "m:latest", message: { content: "Let me see." }, done: false });
    expect(calls).toMatchObject({ message: { tool_calls: [{ id: "c", function: { name: "f", arguments: { a: 1 } } }] }, done: false });
    expect(last).toMatchObject({
      done: true,
      done_reason: "stop",
      prompt_eval_count: 4,
      eval_count: 5,
      prompt_eval_duration: 2e6,
      eval_duration: 3e6,
    });
    expect(more).toEqual([]);
  });

  it("has thoughts apart, and what broke in its own words", () => {
    const stream = generateOf({}).stream(() => undefined);
    const [thought] = lines(stream.event(chunk({ reasoning_content: "Hm." })));
    expect(thought).toMatchObject({ response: "", thinking: "Hm.", done: false });
    expect(lines(stream.error(new LlmopsError("ENDPOINT_ERROR", "It broke.", { hint: "Try again." }), "r"))).toEqual([
      { error: "It broke. Try again." },
    ]);
  });
});
