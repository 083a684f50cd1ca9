import type { Estimate } from "../base/stats/estimate.js";
import type { ScoreTable } from "../experiments/study/score-table.js";
import { estimateScores } from "../experiments/study/stopping.js";
import { describeSetting, primaryMetric, type StudyPlan } from "../experiments/study/study.js";
import { displayWidth, shortenMiddle } from "./display-width.js";
import { formatInterval, formatScore } from "./format-score.js";

/** Longer names of settings are shortened, in columns. */
const LONGEST_NAME = 32;

interface Running {
  name: string;
  estimate: Estimate;
  done: number;
}

/**
 * The settings of a running study, a line each: the mean of the score that decides, its interval, and of how many cells it is. The best
 * come first, at most `most`; those of a score without a direction in their own order. Empty as long as nothing is scored.
 */
export function describeRunning(plan: StudyPlan, table: ScoreTable, most: number): string[] {
  const { primary, settings } = plan;
  const sign = { max: -1, min: 1, none: 0 }[primary.direction];
  const scored = settings
    .map((setting, index): Running => {
      const name = shortenMiddle(describeSetting(setting, settings), LONGEST_NAME);
      return { name, estimate: estimateScores(primary, table, index), done: table.counts(index).done };
    })
    .filter(({ estimate }) => !Number.isNaN(estimate.mean))
    .sort((a, b) => sign * (a.estimate.mean - b.estimate.mean));
  const shown = scored.slice(0, most);
  const width = Math.max(...shown.map(({ name }) => displayWidth(name)));
  const lines = shown.map(({ name, estimate, done }) => {
    const padding = " ".repeat(width - displayWidth(name));
    return `  ${name}${padding}  ${formatScore(estimate.mean, primary.kind)} (${formatInterval(estimate, primary.kind)}) of ${done}`;
  });
  const others = settings.length - shown.length;
  return lines.length === 0 ? [] : [`${primaryMetric(plan)} so far:`, ...lines, ...(others > 0 ? [`  and ${others} more`] : [])];
}
