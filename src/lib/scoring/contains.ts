import { hasText } from "./compare-texts.js";
import { referenceScorer, type Scorer } from "./scorer.js";

/** 1 when the reference (or one of several) occurs in the completion as whole words after normalisation, else 0. */
export const containsScorer = referenceScorer("contains", "rate", (text, reference) => {
  if (reference.trim() === "") return { value: null, explanation: "the reference is empty" };
  return { value: hasText(text, reference) ? 1 : 0 };
});

/** 1 when all of the sample's answers occur in the completion, else 0; unscored without any. */
export const containsAllScorer: Scorer = {
  name: "contains_all",
  kind: "rate",
  direction: "max",
  needsReference: true,
  score({ answers }, { text }) {
    const wanted = answers.filter((answer) => answer.trim() !== "");
    if (wanted.length === 0) return { value: null, explanation: "the sample has no reference answer" };
    const absent = wanted.filter((answer) => !hasText(text, answer));
    return absent.length === 0 ? { value: 1 } : { value: 0, explanation: `without: ${absent.join(", ")}` };
  },
};
