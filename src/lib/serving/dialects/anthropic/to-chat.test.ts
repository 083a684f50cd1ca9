import { describe, expect, it } from "vitest";
import { errorOf } from "../../../../../test/helpers/error-of.js";
import { translateCountTokens, translateMessages } from "./to-chat.js";

const messages = [{ role: "user", content: "Hi" }];
const asked = { model: "m", max_tokens: 9, messages };
const chatOf = (more: object) => translateMessages({ ...asked, ...more }).body;

describe("a request of the Messages API", () => {
  it("is a chat", () => {
    expect(chatOf({})).toEqual({ model: "m", max_tokens: 9, messages });
    expect(chatOf({ system: "Be brief.", stop_sequences: ["."], temperature: 0.5, top_k: 3, seed: 7, metadata: { user_id: "u" } })).toEqual(
      {
        ...{ model: "m", max_tokens: 9, stop: ["."], temperature: 0.5, top_k: 3, seed: 7 },
        messages: [{ role: "system", content: "Be brief." }, ...messages],
      },
    );
    expect(chatOf({ stream: true })).toMatchObject({ stream: true, stream_options: { include_usage: true } });
    expect(translateCountTokens({ model: "m", messages })).toEqual({ model: "m", messages });
  });

  it("has results of tools answer the calls before the text they came with", () => {
    const call = { type: "tool_use", id: "t1", name: "f", input: { a: 1 } };
    const turns = [
      ...messages,
      {
        role: "assistant",
        content: [
          { type: "thinking", thinking: "Hm.", signature: "s" },
          { type: "text", text: "I " },
          { type: "text", text: "ask." },
          call,
        ],
      },
      {
        role: "user",
        content: [
          { type: "text", text: "Here:" },
          { type: "tool_result", tool_use_id: "t1", content: [{ type: "text", text: "2" }], cache_control: { type: "ephemeral" } },
        ],
      },
    ];
    expect(chatOf({ messages: turns })["messages"]).toEqual([
      ...messages,
      {
        ...{ role: "assistant", content: "I ask.", reasoning_content: "Hm." },
        tool_calls: [{ id: "t1", type: "function", function: { name: "f", arguments: '{"a":1}' } }],
      },
      { role: "tool", tool_call_id: "t1", content: "2" },
      { role: "user", content: "Here:" },
    ]);
  });

  it("says in words that a tool failed", () => {
    const result = (content: string) => ({ role: "user", content: [{ type: "tool_result", tool_use_id: "t", content, is_error: true }] });
    const told = (content: string) => (chatOf({ messages: [result(content)] })["messages"] as { content: string }[])[0]?.content;
    expect(told("no such city")).toBe("Error: no such city");
    expect(told("Error: no such city")).toBe("Error: no such city");
  });

  it("has turns of one role as one", () => {
    const turn = (role: string, content: string) => ({ role, content });
    const turns = [turn("user", "a"), turn("user", "b"), turn("assistant", "c"), turn("assistant", "d")];
    expect(chatOf({ messages: turns })).toMatchObject({
      messages: [turn("user", "a\nb"), turn("assistant", "cd")],
      continue_final_message: true,
    });
  });

  it("begins with the same prompt whatever a client tells Anthropic's billing", () => {
    const system = (id: string) => [
      { type: "text", text: `x-anthropic-billing-header: cc_version=2; cch=${id};` },
      { type: "text", text: "You write code." },
    ];
    expect(chatOf({ system: system("a") })).toEqual(chatOf({ system: system("b") }));
    expect(chatOf({ system: system("a") })).toMatchObject({ messages: [{ role: "system", content: "You write code." }, ...messages] });
  });

  it("offers tools, and says which may be called", () => {
    const tools = [{ name: "f", description: "d", input_schema: { type: "object" }, input_examples: [{ a: 1 }], strict: true }];
    expect(chatOf({ tools, tool_choice: { type: "any", disable_parallel_tool_use: true } })).toMatchObject({
      tools: [
        { type: "function", function: { name: "f", description: "d", parameters: { type: "object", examples: [{ a: 1 }] }, strict: true } },
      ],
      ...{ tool_choice: "required", parallel_tool_calls: false },
    });
    expect(chatOf({ tools, tool_choice: { type: "tool", name: "f" } })["tool_choice"]).toEqual({
      type: "function",
      function: { name: "f" },
    });
  });

  it("says how much to think, and what the answer has to be", () => {
    expect(chatOf({ thinking: { type: "enabled", budget_tokens: 2000 } })).toMatchObject({
      reasoning_budget: 2000,
      chat_template_kwargs: { enable_thinking: true, thinking: true },
    });
    expect(chatOf({ thinking: { type: "disabled" } })).toMatchObject({ reasoning_effort: "none", reasoning_budget: 0 });
    const schema = { type: "object" };
    const output = { effort: "max", format: { type: "json_schema", schema } };
    expect(chatOf({ output_config: output, chat_template_kwargs: { a: 1 } })).toMatchObject({
      chat_template_kwargs: { reasoning_effort: "high", a: 1 },
      response_format: { type: "json_schema", json_schema: { schema } },
    });
    expect(chatOf({ output_format: output.format })).toHaveProperty("response_format");
  });

  it.each([
    [{ max_tokens: undefined }, "INVALID_ARGUMENT", "max_tokens"],
    [{ messages: [] }, "INVALID_ARGUMENT", "messages"],
    [{ tools: [{ name: "web_search", type: "web_search_20250305" }] }, "UNSUPPORTED_PARAMETER", "tools.0.type"],
    [{ tools: [{ name: "f", input_schema: {}, defer_loading: true }] }, "UNSUPPORTED_PARAMETER", "tools.0.defer_loading"],
    [{ tools: [{ name: "f" }] }, "INVALID_ARGUMENT", "tools.0"],
    [{ container: "c" }, "UNSUPPORTED_PARAMETER", "container"],
    [{ mcp_servers: [{}] }, "UNSUPPORTED_PARAMETER", "mcp_servers"],
    [{ messages: [{ role: "user", content: [{ type: "document" }] }] }, "INVALID_ARGUMENT", "messages.0.content"],
  ])("is refused by the name of its field: %o", async (more, code, param) => {
    expect(await errorOf(() => chatOf(more))).toMatchObject({ code, param });
  });

  it("may have what changes nothing", () => {
    expect(chatOf({ mcp_servers: [], container: null, service_tier: "auto", cache_control: { type: "ephemeral" } })).toEqual(chatOf({}));
  });
});
