import type { Scorer } from "./scorer.js";

/** Seconds from the request to the last token. */
export const latencyScorer: Scorer = {
  name: "latency_seconds",
  kind: "mean",
  score(_sample, completion) {
    return { value: completion.timing.totalMs / 1000 };
  },
};
