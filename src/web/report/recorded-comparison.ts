import type { ComparisonReport } from "../../lib/base/pages/report-data.js";

/** The verdicts of a score beside the first result; of the first score where none is named. */
export function recordedComparison({ pairs, directions, notes }: ComparisonReport): (request: { score?: string }) => object {
  const scores = Object.keys(pairs);
  return ({ score }) => {
    const chosen = scores.find((one) => one === score) ?? scores[0] ?? null;
    return { score: chosen, scores, directions, notes, pairs: chosen === null ? [] : pairs[chosen] };
  };
}
