import { normalise } from "./normalise.js";
import type { Scorer } from "./scorer.js";

/** 1 when the completion equals the reference after normalisation, else 0; unscored without a reference. */
export const exactScorer: Scorer = {
  name: "exact",
  kind: "rate",
  score(sample, completion) {
    if (sample.answer === null) return { value: null, explanation: "the sample has no reference answer" };
    return { value: normalise(completion.text) === normalise(sample.answer) ? 1 : 0 };
  },
};
