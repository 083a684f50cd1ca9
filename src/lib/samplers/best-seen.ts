import type { Margin, Observation, Recommendation } from "./sampler.js";

/** The highest value seen that kept all constraints, for samplers that believe what they see; undefined before a trial succeeded. */
export function bestSeen(observations: readonly Observation[], among = observations.length): Recommendation | undefined {
  let best: Recommendation | undefined;
  for (const [index, { value, se = 0, margins }] of observations.slice(0, among).entries()) {
    if (value !== null && isKept(margins) && (best === undefined || value > best.mean)) best = { index, mean: value, sd: se };
  }
  return best;
}

/** Whether all constraints were kept, as far as was seen. */
export function isKept(margins: readonly Margin[] = []): boolean {
  return margins.every(({ value }) => value >= 0);
}
