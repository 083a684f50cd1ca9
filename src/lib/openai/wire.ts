import { z } from "zod";
import { LlmopsError } from "../errors/llmops-error.js";
import type { CompletionRequest, FinishReason, Usage } from "./completion.js";

const textPart = z.object({ type: z.literal("text"), text: z.string() });
const content = z.union([z.string(), z.array(textPart).transform((parts) => parts.map((part) => part.text).join(""))]);
const message = z.object({ role: z.enum(["system", "developer", "user", "assistant"]), content });

const jsonSchemaFormat = z.object({
  type: z.literal("json_schema"),
  json_schema: z.object({ schema: z.record(z.string(), z.unknown()) }),
});

/** POST /v1/chat/completions, as platform.openai.com/docs/api-reference/chat/create has it, for what this server supports. */
const chatRequestSchema = z.object({
  model: z.string().nullish(),
  messages: z.array(message).min(1),
  stream: z.boolean().nullish(),
  stream_options: z.object({ include_usage: z.boolean().nullish() }).nullish(),
  temperature: z.number().min(0).max(2).nullish(),
  top_p: z.number().gt(0).max(1).nullish(),
  top_k: z.number().int().min(0).nullish(),
  min_p: z.number().min(0).max(1).nullish(),
  frequency_penalty: z.number().min(-2).max(2).nullish(),
  presence_penalty: z.number().min(-2).max(2).nullish(),
  max_tokens: z.number().int().min(1).nullish(),
  max_completion_tokens: z.number().int().min(1).nullish(),
  stop: z.union([z.string(), z.array(z.string()).max(4)]).nullish(),
  response_format: z.discriminatedUnion("type", [z.object({ type: z.literal("text") }), jsonSchemaFormat]).nullish(),
  seed: z.number().int().min(0).max(0xffff_ffff).nullish(),
});

/** Request fields that change the answer and that this server does not have: refused, never ignored. */
const UNSUPPORTED = ["tools", "tool_choice", "functions", "function_call", "logit_bias", "audio", "modalities", "prediction"];

export interface ChatRequest {
  completion: CompletionRequest;
  stream: boolean;
  includeUsage: boolean;
}

/** Checks a request body. Throws INVALID_ARGUMENT or UNSUPPORTED_PARAMETER naming the field. */
export function parseChatRequest(body: unknown): ChatRequest {
  const r = checkShape(body);
  refuseUnsupported(body as Record<string, unknown>);
  const stop = typeof r.stop === "string" ? [r.stop] : r.stop;
  const optional = {
    temperature: r.temperature,
    topP: r.top_p,
    topK: r.top_k,
    minP: r.min_p,
    frequencyPenalty: r.frequency_penalty,
    presencePenalty: r.presence_penalty,
    maxTokens: r.max_completion_tokens ?? r.max_tokens,
    stop,
    seed: r.seed,
    responseSchema: r.response_format?.type === "json_schema" ? r.response_format.json_schema.schema : undefined,
  };
  const completion = { messages: r.messages, ...withoutNullish(optional) };
  return { completion, stream: r.stream ?? false, includeUsage: r.stream_options?.include_usage ?? false };
}

function checkShape(body: unknown): z.output<typeof chatRequestSchema> {
  const result = chatRequestSchema.safeParse(body);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const param = issue?.path.join(".") ?? "";
  const message = `${param === "" ? "The request body" : param}: ${issue?.message ?? "wrong shape"}.`;
  throw new LlmopsError("INVALID_ARGUMENT", message, param === "" ? {} : { param });
}

function refuseUnsupported(body: Record<string, unknown>): void {
  const refused = UNSUPPORTED.find((name) => body[name] !== undefined && body[name] !== null);
  const several = typeof body["n"] === "number" && body["n"] !== 1 ? "n" : undefined;
  const probabilities = body["logprobs"] === true ? "logprobs" : undefined;
  const param = refused ?? several ?? probabilities;
  if (param === undefined) return;
  throw new LlmopsError("UNSUPPORTED_PARAMETER", `This server does not support ${param} = ${JSON.stringify(body[param])}.`, { param });
}

type NonNullish<T> = { [K in keyof T]?: NonNullable<T[K]> };

function withoutNullish<T extends Record<string, unknown>>(values: T): NonNullish<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined && value !== null)) as NonNullish<T>;
}

/** Usage with OpenAI's field names. */
export function toWireUsage({ promptTokens, completionTokens }: Usage): Record<string, number> {
  return { prompt_tokens: promptTokens, completion_tokens: completionTokens, total_tokens: promptTokens + completionTokens };
}

interface AnswerHead {
  id: string;
  created: number;
  model: string;
}

/** The body of a whole answer. */
export function toWireAnswer(head: AnswerHead, text: string, reason: FinishReason, usage: Usage): object {
  const choice = { index: 0, message: { role: "assistant", content: text, refusal: null }, logprobs: null, finish_reason: reason };
  return { id: head.id, object: "chat.completion", created: head.created, model: head.model, choices: [choice], usage: toWireUsage(usage) };
}

/** One chunk of a streamed answer. */
export function toWireChunk(head: AnswerHead, delta: { role?: "assistant"; content?: string }, reason: FinishReason | null): object {
  const choice = { index: 0, delta, logprobs: null, finish_reason: reason };
  return { id: head.id, object: "chat.completion.chunk", created: head.created, model: head.model, choices: [choice] };
}

/** The last chunk of a stream whose client asked for usage: no choices. */
export function toWireUsageChunk(head: AnswerHead, usage: Usage): object {
  return { id: head.id, object: "chat.completion.chunk", created: head.created, model: head.model, choices: [], usage: toWireUsage(usage) };
}
