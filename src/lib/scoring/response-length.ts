import type { Sample } from "../dataset/sample.js";
import type { Completion } from "../openai/completion.js";
import type { Scorer } from "./scorer.js";

/** The number of words in the completion. */
export const responseLengthScorer = {
  name: "response_length",
  kind: "mean",
  range: [0, Infinity],
  direction: "none",
  score(_sample: Sample, completion: Completion) {
    return { value: completion.text.split(/\s+/).filter((word) => word !== "").length };
  },
} satisfies Scorer;
