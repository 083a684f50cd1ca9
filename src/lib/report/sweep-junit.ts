import { describeErrors } from "../experiments/study/error-tally.js";
import { missingScores } from "../experiments/study/score-table.js";
import type { SweepResult } from "../experiments/study/sweep-result.js";
import { describeCells, formatInterval, formatScore } from "./format-score.js";
import { toJunit } from "./junit.js";

/** A sweep as JUnit XML: a test case a setting, in error where cells of it have no score, and one for every check (a gate, a baseline). */
export function sweepJunit({ study, settings, errors, checks }: SweepResult): string {
  const cases = settings.map(({ name, metrics, cells }) => {
    const { [study.metric]: score, latency_seconds: latency } = metrics;
    const ended = describeCells(cells);
    return {
      name,
      time: (latency?.mean ?? 0) * (cells.done - cells.failed - cells.filtered),
      output: `${study.metric} ${formatScore(score?.mean, study.kind)} (${formatInterval(score, study.kind)}), ${ended}`,
      error:
        missingScores(cells) > 0 ? `${ended}: ${errors.length > 0 ? describeErrors(errors) : `${study.scorer} gave no value`}` : undefined,
      skipped: cells.done === 0,
    };
  });
  return toJunit(study.name, study.seconds, cases, checks);
}
