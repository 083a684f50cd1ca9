import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../../inference/openai/json-object.js";
import { KeptResponses } from "./kept-responses.js";
import { translateResponses, type ResponseMemory } from "./translate.js";

/** What one owner may refer to. */
function memoryOf(responses = new KeptResponses(), owner = "me"): ResponseMemory {
  return {
    conversation: (id) => responses.conversation(owner, id),
    findItem: (id) => responses.findItem(owner, id),
    keep: (kept) => responses.keep(owner, kept),
  };
}

const bodyOf = (sent: JsonObject, memory = memoryOf()) => translateResponses(sent, memory).body;
const messagesOf = (input: unknown) => bodyOf({ input })["messages"];
const answerOf = (message: object, finishReason = "stop") => ({
  model: "m",
  choices: [{ index: 0, message: { role: "assistant", ...message }, finish_reason: finishReason }],
  usage: { prompt_tokens: 3, completion_tokens: 4, prompt_tokens_details: { cached_tokens: 2 } },
  request_id: "req-1",
});
const refusalOf = (sent: JsonObject) => {
  try {
    return { body: bodyOf(sent) };
  } catch (error) {
    const { code, param, message } = error as { code: string; param: string; message: string };
    return { code, param, message };
  }
};

describe("a conversation of the Responses API as messages of the chat API", () => {
  it("is a text of the user, after the instructions", () => {
    expect(bodyOf({ input: "Hi", instructions: "Be brief." })["messages"]).toEqual([
      { role: "system", content: "Be brief." },
      { role: "user", content: "Hi" },
    ]);
  });

  it("has messages with and without a type, of texts and parts", () => {
    const input = [
      { role: "developer", content: "D" },
      {
        type: "message",
        role: "user",
        content: [
          { type: "input_text", text: "A" },
          { type: "input_text", text: "B" },
        ],
      },
      {
        role: "assistant",
        content: [
          { type: "output_text", text: "C", annotations: [] },
          { type: "refusal", refusal: "!" },
        ],
      },
    ];
    expect(messagesOf(input)).toEqual([
      { role: "developer", content: "D" },
      { role: "user", content: "AB" },
      { role: "assistant", content: "C!" },
    ]);
  });

  it("puts thoughts, text and calls of one turn into one message", () => {
    const input = [
      { role: "user", content: "Q" },
      { type: "reasoning", id: "rs_1", summary: [], content: [{ type: "reasoning_text", text: "T" }] },
      { role: "assistant", content: "Let me look." },
      { type: "function_call", call_id: "c1", name: "f", arguments: "{}" },
      { type: "function_call", call_id: "c2", name: "g", arguments: "{}" },
      { type: "function_call_output", call_id: "c1", output: "1" },
      { type: "function_call_output", call_id: "c2", output: [{ type: "input_text", text: "2" }] },
      { type: "reasoning", id: "rs_2", summary: [{ type: "summary_text", text: "S" }] },
      { type: "function_call", call_id: "c3", name: "f", arguments: "{}" },
    ];
    const call = (id: string, name: string) => ({ id, type: "function", function: { name, arguments: "{}" } });
    expect(messagesOf(input)).toEqual([
      { role: "user", content: "Q" },
      { role: "assistant", content: "Let me look.", reasoning_content: "T", tool_calls: [call("c1", "f"), call("c2", "g")] },
      { role: "tool", tool_call_id: "c1", content: "1" },
      { role: "tool", tool_call_id: "c2", content: "2" },
      { role: "assistant", content: null, reasoning_content: "S", tool_calls: [call("c3", "f")] },
    ]);
  });

  it("keeps answers of the assistant that follow each other apart", () => {
    const input = [
      { role: "assistant", content: "A" },
      { role: "assistant", content: "B" },
    ];
    expect(messagesOf(input)).toMatchObject([{ content: "A" }, { content: "B" }]);
  });
});

describe("the settings of a request", () => {
  it("are said in the chat API's words", () => {
    const sent = {
      ...{ model: "m", input: "Hi", max_output_tokens: 9, temperature: 0.5, top_k: 3, seed: 7, parallel_tool_calls: false, stream: true },
      text: { format: { type: "json_schema", name: "n", schema: { type: "object" }, strict: true } },
      ...{ reasoning: { effort: "low" }, top_logprobs: 2, tool_choice: { type: "function", name: "f" }, store: true, metadata: { a: "b" } },
      tools: [{ type: "function", name: "f", description: "d", parameters: { type: "object" }, strict: true }],
    };
    expect(bodyOf(sent)).toEqual({
      ...{ model: "m", messages: [{ role: "user", content: "Hi" }], max_completion_tokens: 9, temperature: 0.5, top_k: 3, seed: 7 },
      ...{ parallel_tool_calls: false, stream: true, stream_options: { include_usage: true }, reasoning_effort: "low" },
      response_format: { type: "json_schema", json_schema: { name: "n", schema: { type: "object" }, strict: true } },
      ...{ logprobs: true, top_logprobs: 2, tool_choice: { type: "function", function: { name: "f" } } },
      tools: [{ type: "function", function: { name: "f", description: "d", parameters: { type: "object" }, strict: true } }],
    });
  });

  it("offer only the tools that are allowed", () => {
    const tools = ["f", "g"].map((name) => ({ type: "function", name }));
    const allow = (name: string) => ({
      input: "Hi",
      tools,
      tool_choice: { type: "allowed_tools", mode: "required", tools: [{ type: "function", name }] },
    });
    expect(bodyOf(allow("g"))).toMatchObject({ tool_choice: "required", tools: [{ function: { name: "g" } }] });
    expect(refusalOf(allow("h"))).toMatchObject({ code: "INVALID_ARGUMENT", param: "tool_choice.tools[0].name" });
  });

  it.each([
    ["tools[0].type", { tools: [{ type: "web_search" }] }],
    ["tool_choice.type", { tool_choice: { type: "file_search" } }],
    ["background", { background: true }],
    ["conversation", { conversation: "conv_1" }],
    ["prompt", { prompt: { id: "p" } }],
    ["truncation", { truncation: "auto" }],
    ["text.verbosity", { text: { verbosity: "low" } }],
    ["reasoning.summary", { reasoning: { summary: "concise" } }],
    ["max_tokens", { max_tokens: 5 }],
    ["messages", { messages: [] }],
    ["n", { n: 2 }],
  ])("are refused by name where they cannot be honored: %s", (param, field) => {
    expect(refusalOf({ input: "Hi", ...field })).toMatchObject({ code: "UNSUPPORTED_PARAMETER", param });
  });

  it.each([
    ["input", {}],
    ["input", { input: 5 }],
    ["input.0.type", { input: [{ type: "web_search_call", id: "ws_1" }] }],
    ["input.0.content", { input: [{ role: "user", content: [{ type: "input_file", file_id: "f" }] }] }],
    ["input[0].id", { input: [{ type: "item_reference", id: "msg_1" }] }],
    ["include.0", { input: "Hi", include: ["everything"] }],
  ])("are refused with the place where they are wrong: %s", (param, sent) => {
    expect(refusalOf(sent)).toMatchObject({ code: "INVALID_ARGUMENT", param });
  });

  it("may say what changes nothing", () => {
    const harmless = { background: false, truncation: "disabled", text: { verbosity: "medium" }, service_tier: "auto", n: 1, user: "u" };
    expect(bodyOf({ input: "Hi", ...harmless })).toMatchObject({ messages: [{ content: "Hi" }] });
  });
});

describe("a whole answer", () => {
  const toAnswer = (sent: JsonObject, answer: JsonObject, memory = memoryOf()) => translateResponses(sent, memory).toAnswer(answer);
  const call = { id: "c1", type: "function", function: { name: "f", arguments: '{"a":1}' } };

  it("has what was thought, said and called as items", () => {
    const response = toAnswer({ input: "Hi" }, answerOf({ reasoning_content: "T", content: "A", tool_calls: [call] }, "tool_calls"));
    expect(response).toMatchObject({
      ...{ object: "response", status: "completed", model: "m", incomplete_details: null, request_id: "req-1" },
      output: [
        { type: "reasoning", content: [{ type: "reasoning_text", text: "T" }], summary: [] },
        { type: "message", role: "assistant", content: [{ type: "output_text", text: "A", annotations: [] }] },
        { type: "function_call", call_id: "c1", name: "f", arguments: '{"a":1}', status: "completed" },
      ],
      usage: { input_tokens: 3, output_tokens: 4, total_tokens: 7, input_tokens_details: { cached_tokens: 2 } },
    });
  });

  it("has thoughts as a summary, and sealed, where that is asked for; sealed ones can be handed back", () => {
    const sent = { input: "Hi", reasoning: { summary: "auto" }, include: ["reasoning.encrypted_content"] };
    const [thought] = toAnswer(sent, answerOf({ reasoning_content: "Ö T", content: "A" }))["output"] as JsonObject[];
    expect(thought).toMatchObject({ summary: [{ type: "summary_text", text: "Ö T" }], content: [] });
    expect(
      messagesOf([
        { ...thought, summary: [] },
        { role: "assistant", content: "A" },
      ]),
    ).toMatchObject([{ reasoning_content: "Ö T" }]);
    const foreign = { type: "reasoning", summary: [], encrypted_content: "gAAAA" };
    expect(messagesOf([foreign, { role: "assistant", content: "A" }])).toEqual([{ role: "assistant", content: "A" }]);
  });

  it.each([
    ["length", "incomplete", { reason: "max_output_tokens" }],
    ["content_filter", "incomplete", { reason: "content_filter" }],
    ["stop", "completed", null],
  ])("that ended by %s is %s", (reason, status, details) => {
    const response = toAnswer({ input: "Hi" }, answerOf({ content: "A" }, reason));
    expect(response).toMatchObject({ status, incomplete_details: details, output: [{ status }] });
  });

  it("has a refusal as a part of the message", () => {
    const response = toAnswer({ input: "Hi" }, answerOf({ content: null, refusal: "No." }));
    expect(response["output"]).toMatchObject([{ type: "message", content: [{ type: "refusal", refusal: "No." }] }]);
  });

  it("is continued by its id, with its thoughts and calls, and its items by theirs", () => {
    const responses = new KeptResponses();
    const memory = memoryOf(responses);
    const first = toAnswer(
      { input: "Hi", instructions: "Once." },
      answerOf({ reasoning_content: "T", content: "A", tool_calls: [call] }),
      memory,
    );
    const output = { type: "function_call_output", call_id: "c1", output: "1" };
    const said = { role: "assistant", content: "A", reasoning_content: "T", tool_calls: [call] };
    const continued = [{ role: "user", content: "Hi" }, said, { role: "tool", tool_call_id: "c1", content: "1" }];
    expect(bodyOf({ input: [output], previous_response_id: first["id"] }, memory)["messages"]).toEqual(continued);
    const references = (first["output"] as JsonObject[]).map(({ id }) => ({ type: "item_reference", id }));
    expect(bodyOf({ input: [{ role: "user", content: "Hi" }, ...references, output] }, memory)["messages"]).toEqual(continued);
    expect(() => bodyOf({ input: "x", previous_response_id: first["id"] }, memoryOf(responses, "another"))).toThrow("is not kept here");
  });
});
