import type { PairedDifference } from "./paired.js";
import type { Verdict } from "./verdict.js";

/** A comparison as commands print it with --json. */
export interface ComparisonDocument {
  samples: number;
  difference: number;
  low: number | null;
  high: number | null;
  p_value: number;
  effect_size: number;
  test: string;
  verdict: Verdict;
  further_samples: number | null;
}

/** Puts a judged comparison into the published form. */
export function toComparisonDocument(
  comparison: PairedDifference & { verdict: Verdict; furtherSamples: number | null },
): ComparisonDocument {
  const { n, difference, low, high, pValue, effectSize, test, verdict, furtherSamples } = comparison;
  return {
    samples: n,
    ...{ difference, low, high, test, verdict },
    p_value: pValue,
    effect_size: effectSize,
    further_samples: furtherSamples,
  };
}
