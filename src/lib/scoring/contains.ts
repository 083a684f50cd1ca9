import { normalise } from "./normalise.js";
import type { Scorer } from "./scorer.js";

/** 1 when the reference occurs in the completion as whole words after normalisation, else 0; unscored without a reference. */
export const containsScorer: Scorer = {
  name: "contains",
  kind: "rate",
  score(sample, completion) {
    if (sample.answer === null) return { value: null, explanation: "the sample has no reference answer" };
    const wanted = normalise(sample.answer);
    if (wanted === "") return { value: null, explanation: "the reference is empty after normalisation" };
    return { value: ` ${normalise(completion.text)} `.includes(` ${wanted} `) ? 1 : 0 };
  },
};
