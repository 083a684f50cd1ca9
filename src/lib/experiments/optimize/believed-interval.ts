import type { ScoreTable } from "../study/score-table.js";
import type { Best } from "../study/search-study.js";
import { estimateScores } from "../study/stopping.js";
import { withinKind, type Objective, type Resolved } from "./objective.js";

/**
 * The 95 % interval of what is believed of a trial's objective, on each side the wider of two: what the trials leave open about the
 * setting, and what its rows, which are only a sample, leave open by themselves (Wilson's for a rate, so that a few rows that all
 * agree claim no certainty). Trials share their rows, so that no number of trials makes up for few rows. What has no interval over
 * rows, such as a percentile, keeps the first.
 */
export function believedInterval(
  { trial, mean, low, high }: Best,
  { objective, table }: { objective: Resolved<Objective> | undefined; table: ScoreTable },
): { mean: number; low: number; high: number } {
  if (!objective) return { mean, low, high };
  const within = (value: number) => withinKind(objective, value);
  const believed = within(mean);
  const { scorer, percentile } = objective;
  const sampled = scorer && percentile === undefined ? estimateScores(scorer, table, trial.index) : undefined;
  const below = sampled?.low == null ? 0 : sampled.mean - sampled.low;
  const above = sampled?.high == null ? 0 : sampled.high - sampled.mean;
  return {
    mean: believed,
    low: within(Math.min(low, believed - below)),
    high: within(Math.max(high, believed + above)),
  };
}
