import type { JudgedDifference } from "./compare-family.js";
import type { Verdict } from "./verdict.js";

/** A comparison as commands print it with --json. */
export interface ComparisonDocument {
  samples: number;
  difference: number;
  /** The interval that belongs to the verdict, with its confidence: corrected as the p value is. */
  low: number | null;
  high: number | null;
  confidence: number;
  /** Corrected for all comparisons it was made with. */
  p_value: number;
  effect_size: number;
  test: string;
  verdict: Verdict;
  further_samples: number | null;
}

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
