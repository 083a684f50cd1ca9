import type { Scorer } from "./scorer.js";

/** Seconds from the request to the last token. */
export const latencyScorer = timing("latency_seconds", ({ totalMs }) => totalMs / 1000);

/** Seconds from the request to the first token. */
export const firstTokenScorer = timing("first_token_seconds", ({ firstTokenMs }) => firstTokenMs / 1000);

function timing(name: string, seconds: (timing: { totalMs: number; firstTokenMs: number }) => number) {
  return {
    name,
    kind: "mean",
    range: [0, Infinity],
    direction: "min",
    score: (_sample, completion) => ({ value: seconds(completion.timing) }),
  } satisfies Scorer;
}
