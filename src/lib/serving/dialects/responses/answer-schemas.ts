import { z } from "zod";

/** Bodies of answers of the Responses API. They are loose where the API may add to them. */
type JsonObject = Record<string, unknown>;

const count = z.number().int().min(0);
const token = { token: z.string(), logprob: z.number(), bytes: z.array(z.number().int()) };
const part = z.looseObject({
  type: z.string().describe("input_text, output_text, refusal."),
  text: z.string().optional(),
  refusal: z.string().optional(),
  annotations: z.array(z.looseObject({})).optional(),
  logprobs: z.array(z.looseObject({ ...token, top_logprobs: z.array(z.looseObject(token)) })).optional(),
});
const thoughtPart = z.looseObject({ type: z.string(), text: z.string() });
const item = z
  .looseObject({
    id: z.string(),
    type: z.string(),
    status: z.string(),
    role: z.string().optional(),
    content: z.union([z.array(part), z.array(thoughtPart)]).optional(),
    summary: z.array(thoughtPart).optional(),
    encrypted_content: z.string().optional(),
    ...{ call_id: z.string().optional(), name: z.string().optional(), arguments: z.string().optional(), output: z.unknown().optional() },
  })
  .describe("A message, function_call, function_call_output or reasoning.");

/** A response: whole, or as far as it is. */
export const responseSchema: z.ZodType<JsonObject> = z.looseObject({
  id: z.string(),
  object: z.literal("response"),
  created_at: z.number().int(),
  completed_at: z.number().int().optional(),
  status: z.enum(["in_progress", "completed", "incomplete", "failed"]),
  error: z.looseObject({ code: z.string(), message: z.string() }).nullable(),
  incomplete_details: z.object({ reason: z.enum(["max_output_tokens", "content_filter"]) }).nullable(),
  model: z.string(),
  output: z.array(item),
  previous_response_id: z.string().nullable(),
  metadata: z.record(z.string(), z.string()),
  usage: z
    .looseObject({
      input_tokens: count,
      input_tokens_details: z.looseObject({ cached_tokens: count }),
      output_tokens: count,
      output_tokens_details: z.looseObject({ reasoning_tokens: count }),
      total_tokens: count,
    })
    .nullable(),
});

/** One event of a streamed response. */
export const responseEventSchema: z.ZodType<JsonObject> = z.looseObject({
  type: z.string().describe("response.created, response.output_text.delta, response.completed and so on."),
  sequence_number: count,
  response: responseSchema.optional(),
  ...{ output_index: count.optional(), content_index: count.optional(), summary_index: count.optional(), item_id: z.string().optional() },
  ...{ item: z.looseObject({}).optional(), part: z.looseObject({}).optional(), delta: z.string().optional() },
});

/** The items of a response's input, a page of them. */
export const itemListSchema = z.object({
  object: z.literal("list"),
  data: z.array(z.record(z.string(), z.unknown())),
  first_id: z.string().nullable(),
  last_id: z.string().nullable(),
  has_more: z.boolean(),
});

/** What deleting a response answers. */
export const deletedResponseSchema = z.object({ id: z.string(), object: z.literal("response"), deleted: z.literal(true) });

/** The tokens of a prompt. */
export const inputTokensSchema = z.object({ object: z.literal("response.input_tokens"), input_tokens: count });
