import type { SweepResult } from "../experiments/study/sweep-result.js";

/** What limits of the rate did, a line for each endpoint. */
export function describeRateLimits({ rate_limits: limits = [] }: Pick<SweepResult["study"], "rate_limits">): string[] {
  return limits.map(({ endpoint, refused, waited_seconds: waited, lowest_concurrency: lowest }) => {
    const times = refused === 1 ? "once" : `${refused} times`;
    const fewest = lowest === 1 ? "one request" : `${lowest} requests`;
    const limited = limits.length === 1 ? "Rate limited" : `Rate limited by ${endpoint}`;
    return `${limited} ${times}: waited ${formatSeconds(waited)}, down to ${fewest} at a time.`;
  });
}

function formatSeconds(seconds: number): string {
  return `${seconds < 10 ? seconds.toFixed(1) : seconds.toFixed(0)} s`;
}
