import type { Margin, Observation, Recommendation } from "./sampler.js";

/** Settings by the values seen, those that broke a constraint last: for samplers that believe what they see. */
export function rankSeen(observations: readonly Observation[], among = observations.length): Recommendation[] {
  const seen = observations.slice(0, among).flatMap(({ value, se = 0, margins }, index) => {
    return value === null ? [] : [{ index, mean: value, sd: se, isKept: isKept(margins) }];
  });
  seen.sort((a, b) => Number(b.isKept) - Number(a.isKept) || b.mean - a.mean);
  return seen.map(({ index, mean, sd }) => ({ index, mean, sd }));
}

/** Whether all constraints were kept, as far as was seen. */
export function isKept(margins: readonly Margin[] = []): boolean {
  return margins.every(({ value }) => value >= 0);
}
