import { z } from "zod";
import { chatBodySchema } from "../../../inference/openai/wire-chat.js";
import { jsonSchema } from "../../../inference/openai/wire-format.js";
import { itemSchema } from "./input-items.js";
import { foreignFields } from "./refuse-foreign.js";

/** Fields of the chat API that this API has in another shape, or not at all. */
const OTHERWISE = {
  stream_options: true,
  modalities: true,
  reasoning_format: true,
  tools: true,
  tool_choice: true,
  continue_final_message: true,
  add_generation_prompt: true,
} as const;

const functionTool = z.object({
  type: z.literal("function"),
  name: z.string(),
  description: z.string().nullish(),
  parameters: z.record(z.string(), z.unknown()).nullish(),
  strict: z.boolean().nullish().describe("Hold the arguments to the schema, or refuse it; not when absent."),
});
const chosenFunction = z.object({ type: z.literal("function"), name: z.string() });
const toolChoice = z.union(
  [
    z.enum(["none", "auto", "required"]),
    chosenFunction,
    z.object({ type: z.literal("allowed_tools"), mode: z.enum(["auto", "required"]), tools: z.array(chosenFunction).min(1) }),
  ],
  { error: "none, auto, required, a function, or allowed_tools with functions is expected" },
);
const textFormat = z.discriminatedUnion("type", [
  z.object({ type: z.literal("text") }),
  z.object({ type: z.literal("json_object") }),
  z.object({
    type: z.literal("json_schema"),
    name: z.string().nullish(),
    description: z.string().nullish(),
    schema: jsonSchema,
    strict: z.boolean().nullish(),
  }),
]);
const efforts = chatBodySchema.shape.reasoning_effort;
const includable = z.enum([
  ...(["message.output_text.logprobs", "reasoning.encrypted_content"] as const),
  // of tools that are not here: there is nothing to be included
  ...(["file_search_call.results", "web_search_call.results", "web_search_call.action.sources", "code_interpreter_call.outputs"] as const),
  ...(["message.input_image.image_url", "computer_call_output.output.image_url"] as const),
]);
const taken = "Accepted and ignored.";

const besideInput = z.object({
  ...chatBodySchema.omit(OTHERWISE).shape,
  ...foreignFields,
  instructions: z.string().nullish().describe("A system message before the conversation, for this request only."),
  previous_response_id: z.string().nullish().describe("The response to continue: one created with the same key that is still kept."),
  max_output_tokens: z.number().int().min(1).nullish().describe("By default, as many as fit the context."),
  tools: z.array(functionTool).nullish().describe("Functions the model may call."),
  tool_choice: toolChoice.nullish(),
  text: z
    .object({ format: textFormat.nullish(), verbosity: z.literal("medium").nullish() })
    .nullish()
    .describe("The format of the answer: text, json_object, or json_schema with a schema it must follow."),
  reasoning: z
    .object({ effort: efforts, summary: z.enum(["auto", "detailed"]).nullish(), generate_summary: z.enum(["auto", "detailed"]).nullish() })
    .nullish()
    .describe("effort: how much to think. summary: return the thoughts, unabridged, as a summary instead of reasoning_text."),
  include: z.array(includable).nullish().describe("message.output_text.logprobs, reasoning.encrypted_content."),
  store: z
    .boolean()
    .nullish()
    .describe("false: do not keep the response. The most recently used responses are kept in memory, for the key that created them."),
  metadata: z.record(z.string().max(64), z.string().max(512)).nullish().describe("Returned with the response."),
  stream_options: z.object({ include_obfuscation: z.boolean().nullish() }).nullish().describe(taken),
  max_tool_calls: z.number().int().nullish().describe("Limits tools that a server runs itself; this one runs none."),
  service_tier: z.string().nullish().describe(taken),
  safety_identifier: z.string().nullish().describe(taken),
  prompt_cache_key: z.string().nullish().describe(taken),
  prompt_cache_retention: z.string().nullish().describe(taken),
  prompt_cache_options: z.record(z.string(), z.unknown()).nullish().describe(taken),
});

/** POST /v1/responses, as platform.openai.com/docs/api-reference/responses/create has it, and the settings that chats have beside. */
export const responsesBodySchema = besideInput.extend({
  input: z
    .union([z.string(), z.array(itemSchema)])
    .describe("A text, or items: messages, function_call, function_call_output, reasoning, item_reference; text only."),
});

/** The same for an input of each kind: then what is wrong with an item is told with its place. */
export const textInputSchema = besideInput.extend({ input: z.string({ error: "a text, or a list of items, is expected" }) });
export const itemsInputSchema = besideInput.extend({ input: z.array(itemSchema) });

export type ResponsesRequest = z.output<typeof textInputSchema> | z.output<typeof itemsInputSchema>;
