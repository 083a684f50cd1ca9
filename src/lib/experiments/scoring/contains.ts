import { hasText } from "./compare-texts.js";
import { readChoice } from "./read-choice.js";
import { referenceScorer, spelledOut, type ReferenceScorer, type Scorer } from "./scorer.js";

const anywhere = referenceScorer("contains", "rate", (text, reference) => {
  if (reference.trim() === "") return { value: null, explanation: "the reference is empty" };
  return { value: hasText(text, reference) ? 1 : 0 };
});

/**
 * 1 when the reference (or one of several) occurs in the completion as whole words after normalization, else 0. Of a row with
 * choices, 1 when the choice that the completion gives is the right one: an answer that names them all has not chosen.
 */
export const containsScorer: ReferenceScorer = {
  ...anywhere,
  score(sample, completion) {
    const { choices, answers } = sample;
    if (!choices || answers.length === 0) return anywhere.score(sample, completion);
    const place = readChoice(completion.text, choices.options);
    if (place === undefined) return { value: 0, explanation: "the answer does not say one of the choices" };
    return { value: choices.right.includes(place) ? 1 : 0, explanation: `read as ${choices.options[place]?.label ?? ""}` };
  },
};

/** 1 when all of the sample's answers occur in the completion, else 0; unscored without any. */
export const containsAllScorer: Scorer = {
  name: "contains_all",
  kind: "rate",
  direction: "max",
  needsReference: true,
  score(sample, completion) {
    const text = spelledOut(completion.text, sample);
    const wanted = sample.answers.filter((answer) => answer.trim() !== "");
    if (wanted.length === 0) return { value: null, explanation: "the sample has no reference answer" };
    const absent = wanted.filter((answer) => !hasText(text, answer));
    return absent.length === 0 ? { value: 1 } : { value: 0, explanation: `without: ${absent.join(", ")}` };
  },
};
