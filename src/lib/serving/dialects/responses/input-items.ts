import { z } from "zod";

/** What answers have beside, and clients send back with them: it says nothing to a model. */
const beside = z.unknown().optional();
const textPart = z.object({
  type: z.enum(["input_text", "output_text", "text", "summary_text"]),
  text: z.string(),
  ...{ annotations: beside, logprobs: beside, parsed: beside },
});
const refusalPart = z.object({ type: z.literal("refusal"), refusal: z.string() });
const part = z.discriminatedUnion("type", [textPart, refusalPart], { error: ({ input }) => partError(input) });
const content = z.union([z.string(), z.array(part)], { error: ({ input }) => contentError(input) });
const itemId = z.string().nullish();
const status = z.string().nullish();

/** What somebody said. The type may be missing, as in the chat API. */
const message = z.object({
  type: z.literal("message").optional(),
  role: z.enum(["user", "assistant", "system", "developer"]),
  content,
  ...{ id: itemId, status, phase: beside },
});
const functionCall = z.object({
  type: z.literal("function_call"),
  call_id: z.string(),
  name: z.string(),
  arguments: z.string(),
  ...{ id: itemId, status, parsed_arguments: beside },
});
const functionCallOutput = z.object({ type: z.literal("function_call_output"), call_id: z.string(), output: content, id: itemId, status });
const reasoning = z.object({
  type: z.literal("reasoning"),
  summary: z.array(z.object({ type: z.literal("summary_text"), text: z.string() })).nullish(),
  content: z.array(z.object({ type: z.enum(["reasoning_text", "text"]), text: z.string() })).nullish(),
  encrypted_content: z.string().nullish(),
  ...{ id: itemId, status },
});
const reference = z.object({ type: z.literal("item_reference"), id: z.string() });

/** An item of a conversation, as platform.openai.com/docs/api-reference/responses/create has it, without those of OpenAI's own tools. */
export const itemSchema = z.discriminatedUnion("type", [message, functionCall, functionCallOutput, reasoning, reference], {
  error: ({ input }) => itemError(input),
});

export type Item = z.output<typeof itemSchema>;
export type Content = z.output<typeof content>;

function typeOf(input: unknown): string {
  const type = (input as { type?: unknown } | null)?.type;
  return JSON.stringify(type) ?? "one without a type";
}

function partError(input: unknown): string {
  return `only text is supported, not ${typeOf(input)}: models are given no pictures, sounds or files`;
}

function contentError(input: unknown): string {
  if (!Array.isArray(input)) return "a text, or a list of text parts, is expected";
  const wrong: unknown = input.find((one) => !part.safeParse(one).success);
  const isText = textPart.shape.type.safeParse((wrong as { type?: unknown } | null)?.type).success;
  return isText ? "a text part needs its text" : partError(wrong);
}

function itemError(input: unknown): string {
  return `messages, function_call, function_call_output, reasoning and item_reference are supported, not ${typeOf(input)}`;
}
