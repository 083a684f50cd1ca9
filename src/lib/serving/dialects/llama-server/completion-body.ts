import { z } from "zod";
import { LlmopsError } from "../../../base/errors/llmops-error.js";
import type { JsonObject } from "../../../inference/openai/json-object.js";
import { refused, taken } from "../../../inference/openai/other-fields.js";
import type { FieldNames } from "../field-names.js";
import { isSeveral, promptSchema, type Prompt } from "../../../inference/openai/prompts.js";
import { checkBody } from "../../../inference/openai/wire-fields.js";
import { textBodySchema } from "../../../inference/openai/wire-text.js";

const promptObject = z.looseObject({ prompt_string: promptSchema, multimodal_data: z.array(z.unknown()).nullish() });
const onePrompt = z.union([promptSchema, promptObject]);
const prompt = z.union([onePrompt, z.array(onePrompt).min(1)], {
  error: "a text, a list of token ids with or without texts, an object with prompt_string, or a list of these, is expected",
});
/** What these requests have that those of /v1/completions do not, or that means something else there. */
const ownFields = {
  response_fields: z.array(z.string()).nullish().describe("Return only these fields of the answer; a/b is the field b of a."),
  sse_ping_interval: taken("a stream begins with the first token"),
  image_data: refused([[]], "Images are not supported."),
  return_token_ids: refused([false], "Set return_tokens, or ask /v1/completions."),
  prompt_logprobs: refused([], "Ask /v1/completions."),
};

const sharedFields = textBodySchema.omit({ prompt: true, suffix: true, echo: true, best_of: true }).shape;

/** POST /completion, as llama-server has it (tools/server/README.md of llama.cpp). */
export const completionBodySchema = z.object({
  ...sharedFields,
  ...ownFields,
  prompt: prompt.describe("A text, a list of token ids with or without texts, an object with prompt_string, or a list of these."),
});

/** POST /infill. */
export const infillBodySchema = z.object({
  ...sharedFields,
  ...ownFields,
  input_prefix: z.string().nullish().describe("The text before the gap."),
  input_suffix: z.string().nullish().describe("The text after the gap."),
  input_extra: z
    .array(z.object({ filename: z.string().nullish(), text: z.string() }))
    .nullish()
    .describe("Further files to put before the text."),
  prompt: z.string().nullish().describe("Put after the text before the gap."),
});

const ownSchema = z.looseObject(ownFields);

/** What is asked of /v1/completions, and how its answer is to be given. */
export interface NativeRequest {
  body: JsonObject;
  /** Of the answer's members, those that are given; all when absent. */
  fields: readonly string[] | undefined;
  /** The answer is a list. */
  isList: boolean;
  /** What the fields of the body were sent as. */
  names?: FieldNames;
}

/** Reads a completion's body. Throws INVALID_ARGUMENT naming the field. */
export function parseCompletion(body: unknown): NativeRequest {
  const { prompt: given } = checkBody(z.looseObject({ prompt: completionBodySchema.shape.prompt }), body);
  const { rest, fields } = parseOwn(body);
  const several = isSeveral(given);
  const prompts = several ? (given as z.output<typeof onePrompt>[]).map(toPrompt) : toPrompt(given);
  const isList = several || answersEach(rest) > 1;
  return { body: { ...rest, prompt: prompts, ...(isList && COUNTED) }, fields, isList };
}

/** Reads the body of a gap to be filled. Throws INVALID_ARGUMENT naming the field. */
export function parseInfill(body: unknown): NativeRequest {
  const gap = checkBody(infillBodySchema.pick({ input_prefix: true, input_suffix: true, input_extra: true, prompt: true }).loose(), body);
  const { input_prefix: before, input_suffix: after, input_extra: extra, prompt: more } = gap;
  const { rest, fields } = parseOwn(body);
  const files = (extra ?? []).map(({ filename, text }) => `--- ${filename ?? "file"}\n${text}\n`).join("");
  const isList = answersEach(rest) > 1;
  const sent = Object.entries({ prompt: more, input_prefix: before, input_extra: extra, input_suffix: after });
  const [first = "prompt"] = sent.find(([, value]) => (value ?? "").length > 0) ?? [];
  return {
    body: { ...rest, prompt: `${files}${before ?? ""}${more ?? ""}`, suffix: after ?? "", ...(isList && COUNTED) },
    ...{ fields, isList, names: [[/^suffix/, "input_suffix"] as const, [/^prompt/, first] as const] },
  };
}

/** Of several answers together nobody says how many tokens each has: their ids are counted. */
const COUNTED = { return_token_ids: true };

/** How many answers each prompt gets. */
export function answersEach({ n, n_cmpl: count }: JsonObject): number {
  return Number(n ?? count ?? 1);
}

/** Names of a gap's request, and those of /v1/completions that would mean something else here. */
const OTHERS = ["input_prefix", "input_suffix", "input_extra", "echo", "best_of", "suffix"];

/** Where one of these is set, the others are as llama-server has them: tokens of the prompt count, too. */
const PENALTIES = ["repeat_penalty", "repetition_penalty", "presence_penalty", "frequency_penalty", "dry_multiplier"];
const PENALTY_DEFAULTS = { penalize_prompt: true, repeat_last_n: 64, dry_penalty_last_n: 64 };

function parseOwn(body: unknown): { rest: JsonObject; fields: readonly string[] | undefined } {
  const { response_fields: fields, ...others } = checkBody(ownSchema, body);
  const isOwn = (name: string) => Object.hasOwn(ownFields, name) || OTHERS.includes(name);
  const rest: JsonObject = Object.fromEntries(Object.entries(others).filter(([name]) => !isOwn(name)));
  const isPenalized = PENALTIES.some((name) => rest[name] !== undefined && rest[name] !== null);
  if (isPenalized) Object.assign(rest, { ...PENALTY_DEFAULTS, ...rest });
  if (rest["n_probs"] === 0) delete rest["n_probs"];
  // the tokens of a stream are given unasked
  if (rest["stream"] === true) Object.assign(rest, { stream_options: { include_usage: true }, return_tokens: true });
  return { rest, fields: fields && fields.length > 0 ? fields : undefined };
}

function toPrompt(given: z.output<typeof onePrompt>): Prompt {
  if (typeof given === "string" || Array.isArray(given)) return given;
  if ((given.multimodal_data ?? []).length === 0) return given.prompt_string;
  throw new LlmopsError("UNSUPPORTED_PARAMETER", "prompt.multimodal_data: models are given no pictures or sounds.", {
    param: "prompt",
    hint: "Send texts alone.",
  });
}
