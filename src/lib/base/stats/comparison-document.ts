import { z } from "zod";
import type { JudgedDifference } from "./compare-family.js";
import { verdictSchema } from "./verdict.js";

export const comparisonDocumentSchema = z.object({
  samples: z.number(),
  difference: z.number(),
  low: z.number().nullable().describe("The interval that belongs to the verdict, with its confidence: corrected as the p value is."),
  high: z.number().nullable(),
  confidence: z.number(),
  p_value: z.number().describe("Corrected for all comparisons it was made with."),
  effect_size: z.number(),
  test: z.string(),
  verdict: verdictSchema,
  further_samples: z.number().nullable(),
});

/** A comparison as commands print it with --json. */
export type ComparisonDocument = z.infer<typeof comparisonDocumentSchema>;

/** Puts a judged comparison into the published form. */
export function toComparisonDocument(comparison: JudgedDifference): ComparisonDocument {
  const { n, difference, low, high, confidence, pValue, effectSize, test, verdict, furtherSamples } = comparison;
  return {
    samples: n,
    ...{ difference, low, high, confidence, test, verdict },
    p_value: pValue,
    effect_size: effectSize,
    further_samples: furtherSamples,
  };
}
