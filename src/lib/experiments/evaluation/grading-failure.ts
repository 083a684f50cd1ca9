import { whyNothingScored } from "../study/nothing-scored.js";
import { endedRows } from "./judged-rows.js";
import type { JudgementResult } from "./judgement-result.js";
import type { PairwiseResult } from "./pairwise-result.js";

/** Why a judgment has failed: no row has a grade by every criterion; undefined where one has. */
export function judgementFailure({ study, rows, judge, errors }: JudgementResult): string | undefined {
  const { status, rows: counts } = study;
  const scorer = judge.criteria.map(({ name }) => name).join(", ");
  const begin = rows.some(({ score }) => score !== null) ? "No row was scored by every criterion." : undefined;
  return whyNothingScored(
    { status, done: endedRows(counts).done, scored: counts.scored, errors, scorer, problem: firstProblem(rows) },
    begin,
  );
}

/** Why a comparison in pairs has failed: no pair has a winner or a tie; undefined where one has. */
export function pairwiseFailure({ study: { status }, rows, criteria, errors }: PairwiseResult): string | undefined {
  const scored = rows.filter(({ state }) => state === "scored").length;
  const scorer = Object.keys(criteria).join(", ");
  return whyNothingScored({ status, done: rows.length, scored, errors, scorer, problem: firstProblem(rows) }, "Nothing was compared.");
}

function firstProblem(rows: readonly { problem: string | null }[]): string | null | undefined {
  return rows.find(({ problem }) => problem !== null)?.problem;
}
