import { withoutFullStop } from "../../base/errors/text-ends.js";
import { describeErrors, type CellError } from "./error-tally.js";
import { missingScores } from "./score-table.js";
import type { SweepResult } from "./sweep-result.js";

interface Ended {
  status: "finished" | "interrupted" | "budget spent";
  /** Cells (or rows) that ended, and those of them that have a score. */
  done: number;
  scored: number;
  /** Why cells have no score. */
  errors: readonly CellError[];
  /** What was to give scores, and what it says of the first thing it could not score. */
  scorer: string;
  problem?: string | null | undefined;
}

/** Why a study that was not interrupted measured nothing, in sentences that `begin` so; undefined where something was scored. */
export function whyNothingScored(
  { status, done, scored, errors, scorer, problem }: Ended,
  begin = "Nothing was scored.",
): string | undefined {
  if (status === "interrupted" || done === 0 || scored > 0) return undefined;
  const why = errors.length > 0 ? describeErrors(errors) : withoutFullStop(problem ?? `${scorer} gave no value`);
  return `${begin} ${why}.`;
}

/** Why a sweep, an evaluation, a scoring, or an A/B test has failed; undefined where a cell has a score. */
export function sweepFailure({ study: { status, cells, scorer }, errors }: Pick<SweepResult, "study" | "errors">): string | undefined {
  return whyNothingScored({ status, done: cells.done, scored: cells.done - missingScores(cells), errors, scorer });
}
