import { z } from "zod";
import type { AllPairs } from "../../base/stats/all-pairs.js";
import { comparisonDocumentSchema, toComparisonDocument } from "../../base/stats/comparison-document.js";
import { inSlices, type Steps } from "../../base/slices/slices.js";

/** Of so many settings every pair is told: 435 comparisons. */
const MOST_SETTINGS = 30;

export const pairDocumentSchema = comparisonDocumentSchema.extend({
  first: z.number().describe("Its index in `settings`."),
  second: z.number().describe("The setting the verdict is on, beside the first."),
});

/** Two settings beside each other, as documents have them. */
export type PairDocument = z.infer<typeof pairDocumentSchema>;

/** What is told of the pairs of a study's settings. */
export interface ToldPairs {
  told: "every pair" | "with the reference";
  most_settings: number;
  /** The worst difference first; only where every pair is told. */
  every?: PairDocument[];
}

/**
 * The verdicts on every two settings that have a score, from the family `pairs` that letters and ties come from: `ranked` are the settings
 * as they stand in it, the best first. Of more than 30 none is told.
 */
export async function tellPairs(ranked: readonly number[], pairs: AllPairs, direction: "max" | "min" | "none"): Promise<ToldPairs> {
  if (ranked.length > MOST_SETTINGS) return { told: "with the reference", most_settings: MOST_SETTINGS };
  const sign = direction === "min" ? -1 : 1;
  const every = await inSlices(compareEach(ranked, pairs));
  every.sort((a, b) => sign * (a.difference - b.difference));
  return { told: "every pair", most_settings: MOST_SETTINGS, every };
}

/** Yields after each pair. */
function* compareEach(ranked: readonly number[], pairs: AllPairs): Steps<PairDocument[]> {
  const compared: PairDocument[] = [];
  for (const [a, first] of ranked.entries()) {
    for (const [b, second] of ranked.entries()) {
      if (b <= a) continue;
      const comparison = pairs.compare(a, b);
      if (comparison.n > 0) compared.push({ first, second, ...toComparisonDocument(comparison) });
      yield;
    }
  }
  return compared;
}
