import type { Estimate } from "../base/stats/estimate.js";
import type { PairResult } from "../experiments/evaluation/pairwise-result.js";
import type { ScoreTable } from "../experiments/study/score-table.js";
import { estimateScores } from "../experiments/study/stopping.js";
import type { StudyPlan } from "../experiments/study/study.js";
import { displayWidth, shortenMiddle } from "./display-width.js";
import { formatInterval, formatScore } from "./format-score.js";

/** Longer names of criteria and contestants are shortened, in columns. */
const LONGEST_NAME = 24;

/** The criteria of a running judgment, a line each: the mean grade, its interval, and of how many rows it is; at most `most`. */
export function describeRunningGrades({ scorers }: Pick<StudyPlan, "scorers">, table: ScoreTable, most: number): string[] {
  const graded = scorers.map((scorer) => ({ scorer, estimate: estimateScores(scorer, table, 0) })).filter(({ estimate }) => estimate.n > 0);
  const lines = graded.map(({ scorer: { name, kind }, estimate }): [string, string] => [name, describeEstimate(estimate, kind)]);
  return inColumns("Grades so far:", lines, most);
}

/** The pairs of a running comparison, a line each: how often the first has won, its interval, and of how many rows; at most `most`. */
export function describeRunningPairs(criteria: Readonly<Record<string, readonly PairResult[]>>, most: number): string[] {
  const names = Object.keys(criteria);
  const lines = names.flatMap((criterion) =>
    (criteria[criterion] ?? []).flatMap(({ first, second, win_rate: rate }): [string, string][] => {
      if (rate.n === 0) return [];
      const pair = `${shortenMiddle(first, LONGEST_NAME)} against ${shortenMiddle(second, LONGEST_NAME)}`;
      const by = names.length > 1 ? ` by ${shortenMiddle(criterion, LONGEST_NAME)}` : "";
      return [[pair + by, describeEstimate(rate, "rate")]];
    }),
  );
  return inColumns("Wins so far, ties counted half:", lines, most);
}

function describeEstimate(estimate: Estimate, kind: "rate" | "mean"): string {
  const interval = formatInterval(estimate, kind);
  return `${formatScore(estimate.mean, kind)}${interval === "-" ? "" : ` (${interval})`} of ${estimate.n}`;
}

function inColumns(head: string, lines: readonly [name: string, text: string][], most: number): string[] {
  const shown = lines.slice(0, most);
  if (shown.length === 0) return [];
  const width = Math.max(...shown.map(([name]) => displayWidth(name)));
  const told = shown.map(([name, text]) => `  ${name}${" ".repeat(width - displayWidth(name))}  ${text}`);
  const others = lines.length - shown.length;
  return [head, ...told, ...(others > 0 ? [`  and ${others} more`] : [])];
}
