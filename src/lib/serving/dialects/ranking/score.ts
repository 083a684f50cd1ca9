import { z } from "zod";
import { LlmopsError } from "../../../base/errors/llmops-error.js";
import type { JsonObject } from "../../../inference/openai/json-object.js";
import { checkBody } from "../../../inference/openai/wire-fields.js";
import { modelAndUsage } from "./rerank.js";
import { cosine, METHOD, vectorsOf } from "./similarity.js";

const MOST_TEXTS = 1024;
const texts = z.union([z.string(), z.array(z.string()).min(1).max(MOST_TEXTS)], { error: "a text, or a list of texts, is expected" });

/** POST /score, as vLLM has it: one text with each of several, or pair by pair. */
export const scoreBodySchema = z.object({
  model: z.string().nullish(),
  text_1: texts.describe("A text, or as many texts as text_2 has."),
  text_2: texts,
  user: z.string().nullish().describe("Accepted and ignored."),
});

export const scoreAnswerSchema = z.object({
  object: z.literal("list"),
  model: z.string().optional(),
  method: z.literal(METHOD).describe("How the texts were compared."),
  data: z.array(z.object({ index: z.number().int(), object: z.literal("score"), score: z.number().describe("-1..1.") })),
  usage: z.looseObject({}).optional(),
});

/** Pairs of texts: what is asked of /v1/embeddings, and what becomes of its answer. */
interface Scoring {
  body: JsonObject;
  /** Where the request has what stands at a place of the body's `input`. */
  placeOf: (index: number) => string;
  toAnswer: (answer: JsonObject) => z.input<typeof scoreAnswerSchema>;
}

/** Reads a request. Throws INVALID_ARGUMENT naming the field. */
export function parseScore(body: unknown): Scoring {
  const { model, text_1: one, text_2: other } = checkBody(scoreBodySchema, body);
  const [left, right] = [[one].flat(), [other].flat()];
  if (left.length !== right.length && left.length !== 1) {
    throw new LlmopsError("INVALID_ARGUMENT", `text_1 has ${left.length} texts and text_2 has ${right.length}.`, {
      param: "text_1",
      hint: "Give one text, or as many as text_2 has.",
    });
  }
  return {
    body: { ...(model ? { model } : {}), input: [...left, ...right] },
    placeOf: (index) => {
      const [name, texts, place] = index < left.length ? ["text_1", one, index] : ["text_2", other, index - left.length];
      return Array.isArray(texts) ? `${name}.${place}` : name;
    },
    toAnswer: (answer) => {
      const vectors = vectorsOf(answer);
      const scores = right.map((_, index) => cosine(vectors[left.length === 1 ? 0 : index] ?? [], vectors[left.length + index] ?? []));
      const data = scores.map((score, index) => ({ index, object: "score" as const, score }));
      return { object: "list", ...modelAndUsage(answer), method: METHOD, data };
    },
  };
}
