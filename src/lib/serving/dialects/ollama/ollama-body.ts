import { z } from "zod";
import { jsonSchema } from "../../../inference/openai/wire-format.js";
import { ownFields } from "../own-fields.js";
import { optionsSchema } from "./ollama-options.js";

const harmless = (what: string) => z.unknown().optional().describe(`Accepted and ignored: ${what}.`);

const images = z.array(z.unknown()).max(0, "models are given no pictures").nullish();
const call = z.object({
  id: z.string().nullish(),
  type: z.string().nullish(),
  function: z.object({ name: z.string(), arguments: z.record(z.string(), z.unknown()), index: z.number().nullish() }),
});
const message = z.object({
  role: z.enum(["system", "user", "assistant", "tool"]),
  content: z.string().nullish(),
  thinking: z.string().nullish(),
  images,
  tool_calls: z.array(call).nullish(),
  tool_name: z.string().nullish(),
  tool_call_id: z.string().nullish(),
});
const tool = z.object({
  type: z.string().nullish(),
  function: z.object({
    name: z.string(),
    description: z.string().nullish(),
    parameters: z.record(z.string(), z.unknown()).nullish(),
    strict: z.boolean().nullish(),
  }),
});

const model = z.string().describe('A name from /api/tags; a trailing ":latest" may be left out.');
const keep = harmless("models stay loaded");
const truncate = harmless("prompts that do not fit the context are refused");

const answerFields = {
  model,
  stream: z.boolean().nullish().describe("Default true: a line of JSON for each piece of the answer."),
  format: z
    .union([z.enum(["", "json"]), jsonSchema], { error: '"json", or a JSON schema, is expected' })
    .nullish()
    .describe("json, or a JSON schema the answer must follow."),
  think: z
    .union([z.boolean(), z.enum(["low", "medium", "high", "max"])], { error: "true, false, low, medium, high or max is expected" })
    .nullish()
    .describe("Whether or how much to think; by default, whatever the chat template does."),
  options: optionsSchema.nullish(),
  keep_alive: keep,
  ...{ truncate, shift: truncate },
  logprobs: z.boolean().nullish().describe("Return the log-probability of every token."),
  top_logprobs: z.number().int().min(0).max(20).nullish().describe("Also return this many of the most likely tokens at each position."),
  ...ownFields,
};

/** POST /api/chat, as github.com/ollama/ollama/blob/main/docs/api.md has it. */
export const chatBodySchema = z.object({
  ...answerFields,
  messages: z.array(message).nullish().describe("Roles system, user, assistant, and tool; without messages, the model is only loaded."),
  tools: z.array(tool).nullish().describe("Functions the model may call."),
});

/** POST /api/generate. */
export const generateBodySchema = z.object({
  ...answerFields,
  prompt: z.string().nullish().describe("Without a prompt, the model is only loaded."),
  suffix: z.string().nullish().describe("The text after the gap, for models trained to fill in the middle."),
  system: z.string().nullish().describe("The system prompt."),
  raw: z.boolean().nullish().describe("Continue the prompt as is, without the chat template."),
  template: z.string().nullish().describe("Refused, unless empty: the model's own chat template is used."),
  context: z.array(z.number()).nullish().describe("Refused, unless empty: send the conversation to /api/chat."),
  images,
});

/** POST /api/embed. */
export const embedBodySchema = z.object({
  model,
  input: z.union([z.string(), z.array(z.string())], { error: "a text, or a list of texts, is expected" }),
  dimensions: z.number().int().min(1).nullish(),
  ...{ truncate, keep_alive: keep, options: harmless("nothing is sampled") },
});

/** POST /api/embeddings, which /api/embed has replaced. */
export const embeddingsBodySchema = z.object({ model, prompt: z.string(), keep_alive: keep, options: harmless("nothing is sampled") });

/** POST /api/show. */
export const showBodySchema = z.object({
  model: z.string().nullish(),
  name: z.string().nullish().describe("The same as model, before Ollama 0.5."),
  ...{
    verbose: harmless("the vocabulary is at /tokenizer_info"),
    system: harmless("nothing is asked"),
    template: harmless("nothing is asked"),
  },
  options: harmless("nothing is asked"),
});

export type ChatBody = z.output<typeof chatBodySchema>;
export type GenerateBody = z.output<typeof generateBodySchema>;
export type MessageParam = z.output<typeof message>;
