import { z } from "zod";
import { LlmopsError } from "../../../base/errors/llmops-error.js";
import type { JsonObject } from "../../../inference/openai/json-object.js";
import { checkBody } from "../../../inference/openai/wire-fields.js";
import { cosine, METHOD, vectorsOf } from "./similarity.js";

const MOST_DOCUMENTS = 2047; // with the query as many as one embeddings request takes
const document = z.union([z.string(), z.looseObject({ text: z.string() })], { error: "a text, or an object with a text, is expected" });
const documents = z.array(document).min(1).max(MOST_DOCUMENTS);

/** POST /v1/rerank: as Jina's and Cohere's have it, and llama-server and vLLM after them; `texts` is the name of text-embeddings-inference. */
export const rerankBodySchema = z.object({
  model: z.string().nullish(),
  query: z.string().min(1).describe("The text the documents are ranked by."),
  documents: documents.nullish().describe("Texts, or objects with a text."),
  texts: documents.nullish().describe("The same as documents; the answer is then a list of indexes and scores."),
  top_n: z.number().int().min(1).nullish().describe("How many to return, the best first; default all."),
  return_documents: z.boolean().nullish().describe("Also return the texts."),
  return_text: z.boolean().nullish().describe("The same as return_documents, with texts."),
  user: z.string().nullish().describe("Accepted and ignored."),
});

const result = z.object({
  index: z.number().int().describe("Which of the documents."),
  relevance_score: z.number().describe("The cosine of query and document, -1..1."),
  document: z.object({ text: z.string() }).optional(),
});
const usage = z.looseObject({ prompt_tokens: z.number().int().optional(), total_tokens: z.number().int().optional() });
/** Of `documents`. */
const rankingSchema = z.object({
  object: z.literal("list"),
  model: z.string().optional(),
  method: z.literal(METHOD).describe("How the texts were compared."),
  results: z.array(result),
  usage: usage.optional(),
});
/** Of `texts`. */
const scoresSchema = z.array(z.object({ index: z.number().int(), score: z.number(), text: z.string().optional() }));

/** The best documents first. */
export const rerankAnswerSchema = z.union([rankingSchema, scoresSchema]);

/** A ranking: what is asked of /v1/embeddings, and what becomes of its answer. */
export interface Ranking {
  body: JsonObject;
  /** Where the request has what stands at a place of the body's `input`. */
  placeOf: (index: number) => string;
  toAnswer: (answer: JsonObject) => z.input<typeof rerankAnswerSchema>;
}

/** Reads a request. Throws INVALID_ARGUMENT naming the field. */
export function parseRerank(body: unknown): Ranking {
  const r = checkBody(rerankBodySchema, body);
  if (r.documents && r.texts) {
    throw new LlmopsError("INVALID_ARGUMENT", "documents and texts are the same; the request has both.", { param: "texts" });
  }
  const given = r.documents ?? r.texts;
  if (!given)
    throw new LlmopsError("INVALID_ARGUMENT", "documents: it is missing.", { param: "documents", hint: "List the texts to rank." });
  const texts = given.map((one) => (typeof one === "string" ? one : one.text));
  return {
    body: { ...(r.model ? { model: r.model } : {}), input: [r.query, ...texts] },
    placeOf: (index) => (index === 0 ? "query" : `${r.texts ? "texts" : "documents"}.${index - 1}`),
    toAnswer: (answer) => {
      const [query = [], ...vectors] = vectorsOf(answer);
      const scored = vectors.map((vector, index) => ({ index, score: cosine(query, vector) }));
      scored.sort((a, b) => b.score - a.score || a.index - b.index);
      const best = scored.slice(0, r.top_n ?? scored.length).map((one) => ({ ...one, text: texts[one.index] ?? "" }));
      const gives = r.return_documents === true || r.return_text === true;
      return r.texts ? best.map(({ text, ...one }) => ({ ...one, ...(gives && { text }) })) : toResults(answer, best, gives);
    },
  };
}

function toResults(
  answer: JsonObject,
  best: readonly { index: number; score: number; text: string }[],
  gives: boolean,
): z.input<typeof rankingSchema> {
  const results = best.map(({ index, score, text }) => ({ index, relevance_score: score, ...(gives && { document: { text } }) }));
  return { object: "list", ...modelAndUsage(answer), method: METHOD, results };
}

/** What an answer tells of the embeddings it was made of. */
export function modelAndUsage({ model, usage: used }: JsonObject): { model?: string; usage?: z.input<typeof usage> } {
  return { ...(typeof model === "string" && { model }), ...(typeof used === "object" && used !== null && { usage: { ...used } }) };
}
