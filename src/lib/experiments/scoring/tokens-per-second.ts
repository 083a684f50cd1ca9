import type { Sample } from "../dataset/sample.js";
import type { Completion } from "../../inference/openai/completion.js";
import type { Scorer } from "./scorer.js";

/** Completion tokens per second of generation, from the request to the last token; unscored when nothing was generated. */
export const tokensPerSecondScorer = {
  name: "tokens_per_second",
  kind: "mean",
  range: [0, Infinity],
  direction: "max",
  score(_sample: Sample, completion: Completion) {
    const { totalMs } = completion.timing;
    if (completion.usage.completionTokens === 0 || totalMs <= 0) return { value: null, explanation: "nothing was generated" };
    return { value: completion.usage.completionTokens / (totalMs / 1000) };
  },
} satisfies Scorer;
