import { isSameText } from "./compare-texts.js";
import { wholeChoice } from "./read-choice.js";
import { referenceScorer } from "./scorer.js";

/** 1 when the completion equals the reference after normalization, else 0; unscored without a reference. The label of a choice is as good as its text. */
export const exactScorer = referenceScorer(
  "exact",
  "rate",
  (text, reference) => ({ value: isSameText(text, reference) ? 1 : 0 }),
  wholeChoice,
);
