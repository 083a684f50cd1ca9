import type { Scorer } from "./scorer.js";

/** The number of words in the completion. */
export const responseLengthScorer: Scorer = {
  name: "response_length",
  kind: "mean",
  score(_sample, completion) {
    return { value: completion.text.split(/\s+/).filter((word) => word !== "").length };
  },
};
