import type { Scorer } from "./scorer.js";

/** Completion tokens per second of generation, from the request to the last token; unscored when nothing was generated. */
export const tokensPerSecondScorer: Scorer = {
  name: "tokens_per_second",
  kind: "mean",
  score(_sample, completion) {
    const { totalMs } = completion.timing;
    if (completion.usage.completionTokens === 0 || totalMs <= 0) return { value: null, explanation: "nothing was generated" };
    return { value: completion.usage.completionTokens / (totalMs / 1000) };
  },
};
