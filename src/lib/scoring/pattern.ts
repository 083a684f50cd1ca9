import { LlmopsError, messageOf } from "../errors/llmops-error.js";
import type { Scorer } from "./scorer.js";

/** 1 when the completion matches the regular expression (Unicode, dot not over lines), else 0. Throws INVALID_ARGUMENT for a bad one. */
export function regexScorer(source: string): Scorer {
  let pattern: RegExp;
  try {
    pattern = new RegExp(source, "u");
  } catch (cause) {
    throw new LlmopsError("INVALID_ARGUMENT", `"${source}" is no regular expression: ${messageOf(cause)}.`, {
      hint: "Write it as in JavaScript: --scorer 'regex:^\\d+$'.",
      cause,
    });
  }
  return { name: "regex", kind: "rate", direction: "max", score: (_, { text }) => ({ value: pattern.test(text) ? 1 : 0 }) };
}

/** The number of times any of the terms occurs in the completion, in any case. */
export function termsScorer(list: string): Scorer {
  const terms = list
    .split(",")
    .map((term) => term.trim().toLowerCase())
    .filter((term) => term !== "");
  if (terms.length === 0)
    throw new LlmopsError("INVALID_ARGUMENT", "The scorer terms has no terms.", { hint: "Write --scorer terms:red,green." });
  return {
    name: "term_count",
    kind: "mean",
    range: [0, Infinity],
    direction: "none",
    score: (_, { text }) => {
      const lower = text.toLowerCase();
      return { value: terms.reduce((sum, term) => sum + lower.split(term).length - 1, 0) };
    },
  };
}

const REFUSALS = [
  /\bI(?:'m| am) (?:sorry|unable|not able|afraid)\b/i,
  /\bI (?:can(?:'|no)t|cannot|won't|will not|must decline)\b/i,
  /\bas an (?:AI|artificial intelligence|language model)\b/i,
  /\b(?:I|we) (?:do not|don't) (?:feel comfortable|have access)\b/i,
  /\bnot (?:able|allowed|permitted) to (?:help|assist|provide|answer)\b/i,
];

/** 1 when the completion reads like a refusal (by common English phrases in its first 200 characters), else 0. */
export const refusalScorer: Scorer = {
  name: "refusal",
  kind: "rate",
  direction: "min",
  score: (_, { text }) => ({ value: REFUSALS.some((pattern) => pattern.test(text.slice(0, 200).replaceAll("\u2019", "'"))) ? 1 : 0 }),
};
