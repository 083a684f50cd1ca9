import type { Observation, Recommendation } from "./sampler.js";

/** The highest value seen, for samplers that believe what they see; undefined before a trial succeeded. */
export function bestSeen(observations: readonly Observation[]): Recommendation | undefined {
  let best: Recommendation | undefined;
  for (const [index, { value, se = 0 }] of observations.entries()) {
    if (value !== null && (best === undefined || value > best.mean)) best = { index, mean: value, sd: se };
  }
  return best;
}
