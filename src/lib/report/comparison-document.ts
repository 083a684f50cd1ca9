import type { ScoreComparison } from "../runs/compare-scores.js";

/** A comparison of scores as commands print it with --json. */
export interface ScoreComparisonDocument {
  score: string;
  samples: number;
  difference: number;
  low: number | null;
  high: number | null;
  p_value: number;
  effect_size: number;
  test: string;
  verdict: ScoreComparison["verdict"];
  further_samples: number | null;
}

/** Puts a comparison into the published form. */
export function toScoreDocument({
  score,
  n,
  difference,
  low,
  high,
  pValue,
  effectSize,
  test,
  verdict,
  furtherSamples,
}: ScoreComparison): ScoreComparisonDocument {
  return {
    ...{ score, samples: n, difference, low, high, test, verdict },
    p_value: pValue,
    effect_size: effectSize,
    further_samples: furtherSamples,
  };
}
