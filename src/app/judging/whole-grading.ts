import { counted } from "../../lib/base/errors/counted.js";
import { LlmopsError } from "../../lib/base/errors/llmops-error.js";
import type { JudgementResult } from "../../lib/experiments/evaluation/judgement-result.js";
import type { Host } from "../host/host.js";
import { unfinished } from "../studies/unfinished.js";
import type { GradingOptions } from "./open-grading.js";
import { runGrading, type NamedGrading } from "./run-grading.js";

/** Grades everything, or throws: ABORTED or BUDGET_SPENT, with how to resume it. What needs all rows is made of its result. */
export async function runWholeGrading(options: GradingOptions, grading: NamedGrading, host: Host): Promise<JudgementResult> {
  const result = await runGrading(options, { anchors: false }, grading, host);
  const { status, rows, dataset, resume } = result.study;
  if (status === "finished" && rows.scored > 0) return result;
  if (status === "finished") {
    const problem = result.rows.find((row) => row.problem !== null)?.problem ?? "nothing was graded";
    throw new LlmopsError("SCORER_FAILED", `The judge scored none of ${counted(dataset.samples, "row")}: ${problem}.`, {
      hint: `Fix the cause, then run: ${resume} --retry-failed`,
    });
  }
  const after = `after ${rows.scored} of ${counted(dataset.samples, "row")}, so no card was written`;
  throw unfinished(status, after, `Resume with: ${resume}`);
}

/** Rows without a score that are named. */
const SHOWN = 5;

/** Says which rows are left out of the card, and why. */
export function noteUnscored({ rows }: Pick<JudgementResult, "rows">, { note }: Pick<Host, "note">): void {
  const missing = rows.filter(({ score }) => score === null);
  if (missing.length === 0) return;
  const shown = missing
    .slice(0, SHOWN)
    .map(({ id, problem }) => `${JSON.stringify(id)}${problem === null ? "" : ` (${problem.replace(/\.$/, "")})`}`);
  const more = missing.length > SHOWN ? `, and ${missing.length - SHOWN} more` : "";
  note(`The judge gave no score to ${counted(missing.length, "row")}, left out of the card: ${shown.join(", ")}${more}.`);
}
