import { z } from "zod";
import { choicesOf, deltaOf, readFinish, textIn, thoughtsOf } from "../../../inference/openai/answer-check.js";
import { toUsage } from "../../../inference/openai/endpoint-reader.js";
import { asObject, parseObject, type JsonObject } from "../../../inference/openai/json-object.js";
import type { Usage } from "../../../inference/openai/completion.js";

const count = z.number().int().optional();
const duration = z.number().int().optional().describe("Nanoseconds.");
const logprobs = z.array(z.looseObject({ token: z.string(), logprob: z.number() })).optional();
const statistics = {
  done: z.boolean().describe("true in the last line, which also has the following fields."),
  done_reason: z.string().optional().describe("stop, length, load, or content_filter."),
  ...{ total_duration: duration, load_duration: duration.describe("Waiting for a slot, in nanoseconds.") },
  ...{ prompt_eval_count: count, prompt_eval_duration: duration, eval_count: count, eval_duration: duration },
};
const head = { model: z.string(), created_at: z.string() };
const toolCall = z.object({
  id: z.string().optional(),
  function: z.object({ name: z.string(), arguments: z.record(z.string(), z.unknown()) }),
});
const message = z.object({
  role: z.literal("assistant"),
  content: z.string(),
  thinking: z.string().optional(),
  tool_calls: z.array(toolCall).optional(),
});

/** An answer of /api/chat, whole or one line of it. */
export const chatAnswerSchema: z.ZodType<JsonObject> = z.object({ ...head, message, logprobs, ...statistics });
/** An answer of /api/generate, whole or one line of it. */
export const generateAnswerSchema: z.ZodType<JsonObject> = z.object({
  ...head,
  response: z.string(),
  thinking: z.string().optional(),
  logprobs,
  ...statistics,
});

export type AnswerKind = "chat" | "generate";

/** What of the request its answer is told by. */
export interface OllamaAsked {
  kind: AnswerKind;
  /** As the client calls it. */
  model: string;
  /** When it came, by performance.now(). */
  begun: number;
}

/** What one line says of the answer. */
export interface Piece {
  text?: string;
  thoughts?: string;
  calls?: JsonObject[];
  logprobs?: unknown;
}

/** A whole answer of OpenAI's in Ollama's shape. */
export function toOllamaAnswer(answer: JsonObject, asked: OllamaAsked): JsonObject {
  const [choice = {}] = choicesOf(answer);
  const said = deltaOf(choice);
  const calls = (Array.isArray(said["tool_calls"]) ? said["tool_calls"] : []).map((call) => toCall(asObject(call) ?? {}));
  const piece = { text: textIn(said), thoughts: thoughtsOf(said), calls, logprobs: logprobsOf(choice) };
  return { ...lineOf(piece, asked), ...endOf({ choice, usage: toUsage(answer["usage"]), timings: asObject(answer["timings"]) }, asked) };
}

/** A line of an answer that goes on. */
export function lineOf({ text = "", thoughts = "", calls = [], logprobs: tokens }: Piece, { kind, model }: OllamaAsked): JsonObject {
  const line = { model, created_at: new Date().toISOString() };
  const thinking = thoughts !== "" && { thinking: thoughts };
  const more = { ...(tokens !== undefined && { logprobs: tokens }), done: false };
  if (kind === "generate") return { ...line, response: text, ...thinking, ...more };
  return { ...line, message: { role: "assistant", content: text, ...thinking, ...(calls.length > 0 && { tool_calls: calls }) }, ...more };
}

/** The log-probabilities of an event's or an answer's choice, as chats have them. */
export function logprobsOf(choice: JsonObject): unknown {
  const content = asObject(choice["logprobs"])?.["content"];
  return Array.isArray(content) ? content : undefined;
}

/** Arguments are an object; of what the length cut off nothing can be read. */
export function toCall(call: JsonObject): JsonObject {
  const { name, arguments: text } = asObject(call["function"]) ?? {};
  return { ...(typeof call["id"] === "string" && { id: call["id"] }), function: { name, arguments: parseObject(String(text)) ?? {} } };
}

/** How an answer ended, what it took, and how long, in nanoseconds. */
export function endOf(
  { choice, usage, timings = {} }: { choice: JsonObject; usage: Usage | undefined; timings: JsonObject | undefined },
  { begun }: OllamaAsked,
): JsonObject {
  const finish = readFinish(choice) ?? "stop";
  const nanoseconds = (name: string) => (typeof timings[name] === "number" ? Math.round(timings[name] * 1e6) : 0);
  return {
    done: true,
    done_reason: finish === "tool_calls" ? "stop" : finish,
    total_duration: Math.round((performance.now() - begun) * 1e6),
    load_duration: nanoseconds("queue_ms"),
    ...{ prompt_eval_count: usage?.promptTokens ?? 0, prompt_eval_duration: nanoseconds("prompt_ms") },
    ...{ eval_count: usage?.completionTokens ?? 0, eval_duration: nanoseconds("predicted_ms") },
  };
}

/** The answer to a request that only wants its model loaded. */
export function loadedAnswer(asked: OllamaAsked): JsonObject {
  return { ...lineOf({}, asked), done: true, done_reason: "load" };
}
