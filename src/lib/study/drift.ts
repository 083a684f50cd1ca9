import { median } from "simple-statistics";

/** Below so many cells the times of a quarter say little. */
const FEWEST_CELLS = 80;

/**
 * How much longer cells took in the last quarter of a run than in the first (medians, in the order they ended): far from 1
 * says that the machine changed meanwhile. Null for a short run.
 */
export function latencyDrift(latenciesMs: readonly number[]): number | null {
  if (latenciesMs.length < FEWEST_CELLS) return null;
  const quarter = Math.floor(latenciesMs.length / 4);
  const first = median(latenciesMs.slice(0, quarter));
  return first > 0 ? median(latenciesMs.slice(-quarter)) / first : null;
}
