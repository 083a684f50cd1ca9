import type { JsonObject } from "../../../inference/openai/json-object.js";
import { refusalOf } from "../../../inference/openai/body-issues.js";
import { checkBody } from "../../../inference/openai/wire-fields.js";
import type { FieldNames } from "../field-names.js";
import { ownFieldsOf } from "../own-fields.js";
import type { Translation } from "../translation.js";
import { toMessage } from "./message.js";
import { MessageStream } from "./message-stream.js";
import { countTokensBodySchema, messagesBodySchema, type CountTokensBody } from "./messages-body.js";
import { toChatMessages } from "./to-chat-messages.js";
import { toChatTools } from "./to-chat-tools.js";

/** What the chat API's fields are called in Anthropic's. Its messages are not counted alike. */
export const MESSAGES_NAMES: FieldNames = [
  [/^messages\b.*/, "messages"],
  [/^stop\b/, "stop_sequences"],
  [/^response_format(\.json_schema)?\b/, "output_config.format"],
  [/^reasoning_budget\b/, "thinking.budget_tokens"],
  [/^tools\[?\.?(\d+)\]?\.function\.parameters\b/, "tools.$1.input_schema"],
  [/^tools\[?\.?(\d+)\]?\.function\b/, "tools.$1"],
  [/^tool_choice\.function\b/, "tool_choice"],
];

/** A request of Anthropic's Messages API as a chat. Throws INVALID_ARGUMENT and UNSUPPORTED_PARAMETER naming the field. */
export function translateMessages(body: unknown): Translation {
  const asked = checkBody(messagesBodySchema, body);
  const { max_tokens: maxTokens, stop_sequences: stop, stream, thinking } = asked;
  const omitsThinking = thinking && thinking.type !== "disabled" && thinking.display === "omitted";
  const told = { maxTokens, omitsThinking: omitsThinking === true };
  return {
    path: "/v1/chat/completions",
    body: {
      ...toPrompt(asked, body as JsonObject),
      max_tokens: maxTokens,
      ...(stop && stop.length > 0 && { stop }),
      ...(stream === true && { stream, stream_options: { include_usage: true } }),
    },
    names: MESSAGES_NAMES,
    toAnswer: (answer) => toMessage(answer, told),
    stream: (begun) => new MessageStream(begun, told),
  };
}

/** The chat whose prompt's tokens are to be counted. Throws INVALID_ARGUMENT and UNSUPPORTED_PARAMETER naming the field. */
export function translateCountTokens(body: unknown): JsonObject {
  return toPrompt(checkBody(countTokensBodySchema, body), body as JsonObject);
}

function toPrompt(asked: CountTokensBody, body: JsonObject): JsonObject {
  refuseMembers(body);
  const { model, system, messages } = asked;
  const own = ownFieldsOf(body);
  const variables = { ...thinkingVariables(asked), ...asked.chat_template_kwargs };
  return {
    ...{ model, messages: toChatMessages(system, messages) },
    ...own,
    ...toChatTools(asked),
    ...toReasoning(asked.thinking),
    ...(Object.keys(variables).length > 0 && { chat_template_kwargs: variables }),
    ...toFormat(asked),
    // an answer that has begun is continued
    ...(messages.at(-1)?.role === "assistant" && { continue_final_message: true }),
  };
}

/** What edits the prompt or acts beside the model is not done here, and never left out silently. */
function refuseMembers(body: JsonObject): void {
  for (const name of ["container", "context_management", "mcp_servers", "thread"]) {
    const value = body[name] ?? undefined;
    if (value !== undefined && !(Array.isArray(value) && value.length === 0)) throw refusalOf(name, { value, hint: "Leave it out." });
  }
}

type Thinking = CountTokensBody["thinking"];

function toReasoning(thinking: Thinking): JsonObject {
  if (thinking?.type === "enabled") return { reasoning_budget: thinking.budget_tokens };
  return thinking?.type === "disabled" ? { reasoning_effort: "none", reasoning_budget: 0 } : {};
}

/** Templates name the gpt-oss efforts only. */
const EFFORTS = { low: "low", medium: "medium", high: "high", xhigh: "high", max: "high" } as const;

/** The switches that chat templates have, whichever of them this one reads. */
function thinkingVariables({ thinking, output_config: output }: CountTokensBody): JsonObject {
  const thinks = thinking?.type === "enabled" || thinking?.type === "adaptive";
  return {
    ...(thinks && { enable_thinking: true, thinking: true }),
    ...(output?.effort && { reasoning_effort: EFFORTS[output.effort] }),
  };
}

function toFormat({ output_config: output, output_format: format }: CountTokensBody): JsonObject {
  const { schema } = output?.format ?? format ?? {};
  return schema ? { response_format: { type: "json_schema", json_schema: { name: "answer", schema } } } : {};
}
