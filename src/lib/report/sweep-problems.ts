import { counted } from "../base/errors/counted.js";
import { describeErrors } from "../experiments/study/error-tally.js";
import { missingScores } from "../experiments/study/score-table.js";
import type { SweepResult } from "../experiments/study/sweep-result.js";
import { describeCells } from "./format-score.js";
import { describeRateLimits } from "./rate-limit-lines.js";
import { sweepTruncated } from "./truncated-line.js";

/** Times that change by more than this in a run are not the settings' alone. */
const DRIFT = 1.5;

/** What a reader has to mind of a sweep, a line each: settings that were stopped, cells without a score, times that drift. `chalk` marks warnings. */
export function sweepProblems(result: SweepResult, chalk: { yellow: (text: string) => string }): string[] {
  const { study, settings, errors } = result;
  const { done, planned } = study.cells;
  const lines: string[] = [];
  const stopped = settings.filter((setting) => setting.stopped !== null);
  if (stopped.length > 0) lines.push(`Stopped early: ${stopped.map(({ name, stopped: why }) => `${name} (${why ?? ""})`).join("; ")}.`);
  if (study.status !== "finished") {
    const what = study.status === "interrupted" ? "Interrupted" : "The budget was spent";
    lines.push(chalk.yellow(`${what} after ${done} of ${counted(planned, "cell")}; continue with: ${study.resume}`));
  }
  lines.push(...describeRateLimits(study));
  const { latency_drift: drift } = study;
  if (drift !== null && (drift > DRIFT || drift < 1 / DRIFT)) {
    const how = drift > 1 ? `${drift.toFixed(1)} times slower` : `${(1 / drift).toFixed(1)} times faster`;
    lines.push(chalk.yellow(`The last quarter of completions was ${how} than the first, so compare times with care.`));
  }
  lines.push(...sweepTruncated(result).map((line) => chalk.yellow(line)));
  if (missingScores(study.cells) > 0) {
    const again = study.status === "finished" && errors.length > 0 ? ` ${askAgain(study)}` : "";
    const why = errors.length > 0 ? ` ${describeErrors(errors)}.` : ` ${study.scorer} gave no value.`;
    lines.push(chalk.yellow(`${describeCells(study.cells)}; cells without a score are left out.${why}${again}`));
    lines.push(`Those cells in full: llmops show ${study.id} --failed`);
  }
  return lines;
}

/** How cells without a score get another try; where stored answers were scored, the model's failures are another study's. */
function askAgain({ resume, scored_from: from, cells }: SweepResult["study"]): string {
  const isAnswerMissing = cells.failed + (cells.filtered ?? 0) > 0;
  if (!from) return `Ask them again with: ${resume} --retry-failed`;
  return isAnswerMissing
    ? `Ask them again with: ${from.resume} --retry-failed; then score ${from.id} anew.`
    : `Score them again with: ${resume} --retry-failed`;
}
