import { LlmopsError } from "../../../base/errors/llmops-error.js";
import type { JsonObject } from "../../../inference/openai/json-object.js";

/** How texts are compared: told in every answer, for a cross-encoder's scores are others. */
export const METHOD = "embedding_cosine";

/** The vectors of an embeddings answer, in the order they were asked for. Throws ENDPOINT_ERROR for an answer without them. */
export function vectorsOf({ data }: JsonObject): number[][] {
  const entries = Array.isArray(data) ? (data as { index?: number; embedding?: unknown }[]) : [];
  const ordered = entries.map((entry, place) => ({ place: entry.index ?? place, vector: entry.embedding }));
  ordered.sort((a, b) => a.place - b.place);
  return ordered.map(({ vector }) => {
    if (Array.isArray(vector)) return vector as number[];
    throw new LlmopsError("ENDPOINT_ERROR", "The endpoint's embeddings are not lists of numbers.", {
      hint: "Ask a model that makes embeddings.",
    });
  });
}

/** The cosine of the angle between two vectors, -1..1; 0 where one of them is all zeros. Throws ENDPOINT_ERROR where their lengths differ. */
export function cosine(a: readonly number[], b: readonly number[]): number {
  if (a.length !== b.length) throw new LlmopsError("ENDPOINT_ERROR", `Embeddings have ${a.length} and ${b.length} numbers.`);
  const product = a.reduce((sum, value, i) => sum + value * (b[i] ?? 0), 0);
  const lengths = Math.hypot(...a) * Math.hypot(...b);
  return lengths === 0 ? 0 : Math.max(-1, Math.min(1, product / lengths));
}
