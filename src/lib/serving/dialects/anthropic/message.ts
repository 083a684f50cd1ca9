import { createHash } from "node:crypto";
import { z } from "zod";
import { choicesOf, deltaOf, readFinish, textIn, thoughtsOf } from "../../../inference/openai/answer-check.js";
import { toUsage } from "../../../inference/openai/endpoint-reader.js";
import { asObject, parseObject, type JsonObject } from "../../../inference/openai/json-object.js";
import type { Usage } from "../../../inference/openai/completion.js";

const usageSchema = z
  .object({
    input_tokens: z.number().int().describe("Tokens of the prompt that were evaluated for it."),
    cache_creation_input_tokens: z.number().int(),
    cache_read_input_tokens: z.number().int().describe("Tokens of the prompt that were there from an earlier request."),
    output_tokens: z.number().int(),
    output_tokens_details: z.object({ thinking_tokens: z.number().int() }).nullable(),
  })
  .describe("Tokens of the request.");

const contentSchema = z.discriminatedUnion("type", [
  z.object({ type: z.literal("thinking"), thinking: z.string(), signature: z.string() }),
  z.object({ type: z.literal("text"), text: z.string(), citations: z.null() }),
  z.object({ type: z.literal("tool_use"), id: z.string(), name: z.string(), input: z.record(z.string(), z.unknown()) }),
]);

const STOP_REASONS = ["end_turn", "max_tokens", "stop_sequence", "tool_use", "refusal", "model_context_window_exceeded"] as const;

const endSchema = {
  stop_reason: z.enum(STOP_REASONS).nullable(),
  stop_sequence: z.string().nullable().describe("The one that ended the answer."),
  stop_details: z.object({ type: z.literal("refusal"), category: z.null(), explanation: z.string().nullable() }).nullable(),
};

/** A whole message, as platform.claude.com/docs/en/api/messages has it. */
export const messageSchema = z.object({
  ...{ id: z.string(), type: z.literal("message"), role: z.literal("assistant"), model: z.string() },
  content: z.array(contentSchema),
  ...endSchema,
  usage: usageSchema,
});

/** What of the request its answer is told by. */
export interface MessageAsked {
  maxTokens: number;
  /** Thoughts are not shown. */
  omitsThinking: boolean;
}

export type MessageEnd = z.output<z.ZodObject<typeof endSchema>>;

/** A whole chat completion as a message. */
export function toMessage(answer: JsonObject, asked: MessageAsked): JsonObject {
  const [choice = {}] = choicesOf(answer);
  const usage = toUsage(answer["usage"]);
  const { refusal } = deltaOf(choice);
  const end = { choice, usage, refusal: typeof refusal === "string" ? refusal : "" };
  return { ...messageHead(answer), content: contentOf(deltaOf(choice), asked), ...toEnd(end, asked), usage: toMessageUsage(usage) };
}

/** What a message is before there is anything in it. */
export function messageHead({ id, model }: JsonObject): JsonObject {
  const own = String(id).replace(/^chatcmpl-/, "");
  return { id: `msg_${own}`, type: "message", role: "assistant", model };
}

function contentOf(message: JsonObject, { omitsThinking }: MessageAsked): JsonObject[] {
  const thoughts = thoughtsOf(message);
  const text = textIn(message);
  const calls = Array.isArray(message["tool_calls"]) ? message["tool_calls"] : [];
  return [
    ...(thoughts === "" ? [] : [{ type: "thinking", thinking: omitsThinking ? "" : thoughts, signature: signatureOf(thoughts) }]),
    ...(text === "" ? [] : [{ type: "text", text, citations: null }]),
    ...calls.map((call) => toToolUse(asObject(call) ?? {})),
  ];
}

/** Clients send it back with the thoughts, and some take thoughts without one for none; nothing here depends on it. */
export function signatureOf(thoughts: string): string {
  return createHash("sha256").update(thoughts).digest("base64");
}

function toToolUse(call: JsonObject): JsonObject {
  const { name, arguments: text } = asObject(call["function"]) ?? {};
  // what the length cut off cannot be read: its message has the stop_reason max_tokens
  return { type: "tool_use", id: call["id"], name, input: parseObject(String(text)) ?? {} };
}

/** Why a message ended, by the choice that has a finish_reason. */
export function toEnd(
  { choice, usage, refusal }: { choice: JsonObject; usage: Usage | undefined; refusal: string },
  { maxTokens }: MessageAsked,
): MessageEnd {
  const finish = readFinish(choice);
  const { stop_reason: stop } = choice;
  const none = { stop_sequence: null, stop_details: null };
  if (finish === "content_filter" || refusal !== "") {
    const explanation = refusal === "" ? null : refusal;
    return { ...none, stop_reason: "refusal", stop_details: { type: "refusal", category: null, explanation } };
  }
  if (finish === "length") {
    const isShort = usage !== undefined && usage.completionTokens < maxTokens;
    return { ...none, stop_reason: isShort ? "model_context_window_exceeded" : "max_tokens" };
  }
  if (finish === "tool_calls") return { ...none, stop_reason: "tool_use" };
  return typeof stop === "string" ? { ...none, stop_reason: "stop_sequence", stop_sequence: stop } : { ...none, stop_reason: "end_turn" };
}

/** Token counts in Anthropic's words: what was read from a cache is not among the input tokens. */
export function toMessageUsage(usage: Usage | undefined): z.output<typeof usageSchema> {
  const { promptTokens = 0, completionTokens = 0, cachedTokens = 0, reasoningTokens } = usage ?? {};
  return {
    input_tokens: promptTokens - cachedTokens,
    cache_creation_input_tokens: 0,
    cache_read_input_tokens: cachedTokens,
    output_tokens: completionTokens,
    output_tokens_details: reasoningTokens === undefined ? null : { thinking_tokens: reasoningTokens },
  };
}
