import type { JudgementResult } from "../experiments/evaluation/judgement-result.js";
import type { PairwiseResult } from "../experiments/evaluation/pairwise-result.js";
import { counted } from "../base/errors/counted.js";
import { formatInterval, formatScore } from "./format-score.js";

/** What judges gave by every criterion, in a sentence of plain text. */
export function describeGrades({ metrics, study }: JudgementResult): string {
  const means = Object.entries(metrics).flatMap(([name, metric]) =>
    metric.n === 0 ? [] : [`${name} ${formatScore(metric.mean, "mean")} (${formatInterval(metric, "mean")})`],
  );
  const rows = counted(study.rows.scored, "row");
  return means.length === 0 ? "Nothing was scored." : `${means.join(", ")} over ${rows}.`;
}

/** How every pair compares by every criterion, in a sentence of plain text. */
export function describePairs({ criteria }: PairwiseResult): string {
  const pairs = Object.entries(criteria).flatMap(([criterion, { pairs: own }]) =>
    own.flatMap(({ first, second, win_rate: rate, verdict }) =>
      rate.n === 0 ? [] : [`${first} against ${second} by ${criterion}: ${verdict}, wins ${formatScore(rate.mean, "rate")}`],
    ),
  );
  return pairs.length === 0 ? "Nothing was compared." : `${pairs.join("; ")}.`;
}
