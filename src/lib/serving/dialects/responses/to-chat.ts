import { LlmopsError } from "../../../base/errors/llmops-error.js";
import type { JsonObject } from "../../../inference/openai/json-object.js";
import { checkBody } from "../../../inference/openai/wire-fields.js";
import type { Item } from "./input-items.js";
import type { FieldNames } from "../field-names.js";
import { refuseForeign } from "./refuse-foreign.js";
import { itemsInputSchema, textInputSchema, type ResponsesRequest } from "./request-schema.js";
import { toMessages } from "./to-messages.js";

type FunctionTool = NonNullable<ResponsesRequest["tools"]>[number];

/** Fields that say something else in the chat API, or nothing: an upstream is not to keep what is kept here. */
const NOT_OF_CHATS = [
  ...["input", "instructions", "previous_response_id", "max_output_tokens", "tools", "tool_choice", "text", "reasoning", "include"],
  ...["store", "metadata", "truncation", "background", "stream_options", "max_tool_calls", "top_logprobs", "conversation", "prompt"],
];

/** What the chat API's fields are called here. Items and messages are not counted alike. */
export const RESPONSES_NAMES: FieldNames = [
  [/^messages\b.*/, "input"],
  [/^max_completion_tokens\b/, "max_output_tokens"],
  [/^response_format(\.json_schema)?\b/, "text.format"],
  [/^reasoning_effort\b/, "reasoning.effort"],
  [/^tools([.[]\d+\]?)\.function\b/, "tools$1"],
  [/^tool_choice\.function\b/, "tool_choice"],
];

/** A checked request of the Responses API. Throws INVALID_ARGUMENT and UNSUPPORTED_PARAMETER naming the field. */
export function parseResponsesRequest(body: JsonObject): ResponsesRequest {
  refuseForeign(body);
  if (body["input"] === undefined || body["input"] === null) {
    throw new LlmopsError("INVALID_ARGUMENT", "input: there is none.", { param: "input", hint: "Send a text, or a list of items." });
  }
  return checkBody(Array.isArray(body["input"]) ? itemsInputSchema : textInputSchema, body);
}

/** What a request asks for as a body of the chat API. `items` is the conversation, with what came before; `body` is as it was sent. */
export function toChatBody(request: ResponsesRequest, items: readonly Item[], body: JsonObject): JsonObject {
  const { instructions, max_output_tokens: most, text, reasoning, stream } = request;
  const messages = toMessages(items);
  const tools = offered(request);
  return {
    ...Object.fromEntries(Object.entries(body).filter(([name]) => !NOT_OF_CHATS.includes(name))),
    messages: typeof instructions === "string" && instructions !== "" ? [{ role: "system", content: instructions }, ...messages] : messages,
    ...(typeof most === "number" && { max_completion_tokens: most }),
    // one that demands a call is refused where there are no tools
    ...(tools.length > 0 ? { tools: tools.map(toChatTool), ...toolChoiceOf(request) } : demandOf(request)),
    ...(text?.format && { response_format: toResponseFormat(text.format) }),
    ...(reasoning?.effort && { reasoning_effort: reasoning.effort }),
    ...(asksForLogprobs(request) && { logprobs: true, top_logprobs: request.top_logprobs ?? 0 }),
    ...(stream && { stream_options: { include_usage: true } }),
  };
}

function demandOf({ tool_choice: choice }: ResponsesRequest): JsonObject {
  return choice === "required" || (choice !== null && typeof choice === "object") ? { tool_choice: "required" } : {};
}

/** The items of an input: a text is what the user says. */
export function itemsOf({ input }: ResponsesRequest): Item[] {
  return typeof input === "string" ? [{ role: "user", content: input }] : input;
}

/** Whether the answer is to have the log-probabilities of its tokens. */
export function asksForLogprobs({ include, top_logprobs: top }: ResponsesRequest): boolean {
  return include?.includes("message.output_text.logprobs") === true || (top ?? 0) > 0;
}

/** The tools of a request that the model may call: with allowed_tools only these. Throws INVALID_ARGUMENT for one that is not offered. */
function offered({ tools, tool_choice: choice }: ResponsesRequest): readonly FunctionTool[] {
  const all = tools ?? [];
  if (typeof choice !== "object" || choice?.type !== "allowed_tools") return all;
  const names = choice.tools.map(({ name }) => name);
  const missing = names.findIndex((name) => !all.some((tool) => tool.name === name));
  if (missing === -1) return all.filter(({ name }) => names.includes(name));
  throw new LlmopsError("INVALID_ARGUMENT", `tool_choice.tools[${missing}]: "${names[missing]}" is not among the tools.`, {
    param: `tool_choice.tools[${missing}].name`,
    hint: "Allow tools of the same request.",
  });
}

function toChatTool({ name, description, parameters, strict }: FunctionTool): object {
  return {
    type: "function",
    function: {
      name,
      ...(typeof description === "string" && { description }),
      ...(parameters && { parameters }),
      ...(typeof strict === "boolean" && { strict }),
    },
  };
}

function toolChoiceOf({ tool_choice: choice }: ResponsesRequest): { tool_choice?: unknown } {
  if (!choice) return {};
  if (typeof choice === "string") return { tool_choice: choice };
  return { tool_choice: choice.type === "function" ? { type: "function", function: { name: choice.name } } : choice.mode };
}

function toResponseFormat(format: NonNullable<NonNullable<ResponsesRequest["text"]>["format"]>): object {
  if (format.type !== "json_schema") return format;
  const { name, description, schema, strict } = format;
  const described = { ...(typeof description === "string" && { description }), ...(typeof strict === "boolean" && { strict }) };
  return { type: "json_schema", json_schema: { name: name ?? "answer", schema, ...described } };
}
