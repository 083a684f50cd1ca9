import type { Sample } from "../dataset/sample.js";
import type { Completion } from "../../inference/openai/completion.js";
import type { Scorer } from "./scorer.js";
import { countAllWords } from "./words-of.js";

/** The number of words in the completion; in scripts without spaces between them, by Unicode's dictionaries. */
export const responseLengthScorer = {
  name: "response_length",
  kind: "mean",
  range: [0, Infinity],
  direction: "none",
  score(_sample: Sample, completion: Completion) {
    return { value: countAllWords(completion.text) };
  },
} satisfies Scorer;
