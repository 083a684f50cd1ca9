import { z } from "zod";

/** Bodies of answers in OpenAI's shape. They are loose: what an upstream adds is passed on. */
type JsonObject = Record<string, unknown>;

const count = z.number().int().min(0);
const usage = z
  .looseObject({
    prompt_tokens: count,
    completion_tokens: count.optional(),
    total_tokens: count.optional(),
    prompt_tokens_details: z.looseObject({ cached_tokens: count.nullish() }).nullish(),
  })
  .describe("Tokens of the request.");
const performance = z
  .looseObject({
    generation_time_seconds: z.number(),
    cached: z.boolean().optional().describe("The answer was kept from an earlier request."),
    queue_seconds: z.number().optional(),
    prefill_seconds: z.number().optional(),
    first_token_seconds: z.number().optional(),
    decode_seconds: z.number().optional(),
    tokens_per_second: z.number().optional(),
  })
  .describe("Durations of the phases, in seconds.");
const timings = z
  .looseObject({
    queue_ms: z.number().optional(),
    cache_n: count.optional(),
    prompt_n: z.number().optional(),
    prompt_ms: z.number().optional(),
    prompt_per_token_ms: z.number().optional(),
    prompt_per_second: z.number().optional(),
    predicted_n: z.number().optional(),
    predicted_ms: z.number().optional(),
    predicted_per_token_ms: z.number().optional(),
    predicted_per_second: z.number().optional(),
  })
  .describe("The same with llama-server's names, in milliseconds.");
const tracking = z
  .object({
    run_id: z.string().nullable(),
    experiment_id: z.string().nullable(),
    experiment_name: z.string(),
    status: z.enum(["recorded", "pending"]),
  })
  .describe("The MLflow run the request is recorded in.");
const added = {
  usage: usage.nullish(),
  performance: performance.optional(),
  timings: timings.optional(),
  experiment_tracking: tracking.optional(),
  request_id: z.string().optional(),
};
const fingerprint = z
  .string()
  .nullish()
  .describe("The version of the server (b0.1.0) and a hash that is equal for the same model file, template, and version.");
const head = { id: z.string(), created: z.number().int(), model: z.string(), system_fingerprint: fingerprint };
const finishReason = z.string().nullish().describe("stop, length, tool_calls, content_filter, or an upstream's own.");
const stopReason = z
  .union([z.string(), z.number()])
  .nullish()
  .describe("The stop text that ended the answer, where one did (vLLM's name).");

const tokenIds = z.array(z.number().int());
const token = z.looseObject({
  id: z.number().int().optional().describe("The token's id (llama-server's name)."),
  token: z.string(),
  logprob: z.number().optional(),
  prob: z.number().optional().describe("With post_sampling_probs, in place of logprob."),
  bytes: z.array(z.number().int()).nullish(),
});
const entries = z.array(token.extend({ top_logprobs: z.array(token).optional(), top_probs: z.array(token).optional() }));
const chatLogprobs = z.looseObject({ content: entries.nullish() });
/** What vLLM and llama-server tell of tokens, where it is asked for. */
const choiceIds = { token_ids: tokenIds.nullish(), tokens: tokenIds.optional() };
const promptLogprob = z.looseObject({ logprob: z.number(), rank: z.number().int().nullable(), decoded_token: z.string() });
const ofPrompt = {
  prompt_token_ids: tokenIds.nullish(),
  prompt_logprobs: z.array(z.record(z.string(), promptLogprob).nullable()).nullish().describe("By token id."),
};
const toolCall = z.looseObject({
  id: z.string().optional(),
  type: z.string().optional(),
  function: z.looseObject({ name: z.string().optional(), arguments: z.string().optional() }),
});
const message = z.looseObject({
  role: z.string().optional(),
  content: z.string().nullish(),
  refusal: z.string().nullish(),
  reasoning_content: z.string().nullish().describe("What the model thought, where it says so."),
  tool_calls: z.array(toolCall).nullish(),
});

/** A whole chat completion. */
export const chatAnswerSchema: z.ZodType<JsonObject> = z.looseObject({
  ...head,
  object: z.literal("chat.completion"),
  choices: z.array(
    z.looseObject({
      ...{ index: count, message, logprobs: chatLogprobs.nullish(), finish_reason: finishReason, stop_reason: stopReason },
      ...choiceIds,
    }),
  ),
  ...ofPrompt,
  ...added,
});

/** One event of a streamed chat completion. */
export const chatEventSchema: z.ZodType<JsonObject> = z.looseObject({
  ...head,
  object: z.literal("chat.completion.chunk"),
  choices: z.array(
    z.looseObject({
      ...{ index: count, delta: message, logprobs: chatLogprobs.nullish(), finish_reason: finishReason, stop_reason: stopReason },
      ...choiceIds,
    }),
  ),
  ...ofPrompt,
  ...added,
});

const textLogprobs = z.looseObject({
  tokens: z.array(z.string()).optional(),
  token_logprobs: z.array(z.number().nullable()).optional(),
  top_logprobs: z.array(z.record(z.string(), z.number()).nullable()).nullish(),
  text_offset: z.array(count).optional(),
  content: entries.optional().describe("The same as llama-server has it, where n_probs or post_sampling_probs asks."),
});

/** A text completion, whole or one event of it. */
export const textAnswerSchema: z.ZodType<JsonObject> = z.looseObject({
  ...head,
  object: z.literal("text_completion"),
  choices: z.array(
    z.looseObject({
      index: count,
      text: z.string(),
      logprobs: textLogprobs.nullish(),
      finish_reason: finishReason,
      stop_reason: stopReason,
      ...choiceIds,
      ...ofPrompt,
    }),
  ),
  ...added,
});

/** Vectors of texts, as numbers or as base64 of little-endian 32-bit floats. */
export const embeddingsAnswerSchema: z.ZodType<JsonObject> = z.looseObject({
  object: z.literal("list"),
  data: z.array(z.looseObject({ object: z.literal("embedding"), index: count, embedding: z.union([z.array(z.number()), z.string()]) })),
  model: z.string().optional(),
  usage: usage.nullish(),
});

/** One model of a list. */
export const modelEntrySchema = z.looseObject({
  id: z.string(),
  object: z.literal("model").optional(),
  created: z.number().int().optional(),
  owned_by: z.string().optional(),
  max_model_len: z.number().int().optional().describe("Tokens of context, once it is loaded."),
});

/** The list of models. */
export const modelListSchema: z.ZodType<JsonObject> = z.looseObject({ object: z.literal("list"), data: z.array(modelEntrySchema) });

/** An error in OpenAI's shape; an upstream's own refusal is passed on as it is. */
export const errorAnswerSchema = z.looseObject({
  error: z.looseObject({
    message: z.string(),
    type: z.string().nullish(),
    param: z.string().nullish(),
    code: z.union([z.string(), z.number()]).nullish(),
  }),
  request_id: z.string().optional(),
});
