import { LlmopsError } from "../../lib/base/errors/llmops-error.js";
import type { StudyRun } from "../../lib/experiments/study/study-ledger.js";

/** The error of work that needed a whole study, where the study ended early: ABORTED or BUDGET_SPENT. `when` completes the sentence. */
export function unfinished(status: Exclude<StudyRun["status"], "finished">, when: string, hint: string): LlmopsError {
  return status === "interrupted"
    ? new LlmopsError("ABORTED", `Interrupted ${when}.`, { hint })
    : new LlmopsError("BUDGET_SPENT", `The budget was spent ${when}.`, { hint });
}
