import { LlmopsError } from "../../../lib/base/errors/llmops-error.js";
import type { PromotionCheck } from "../../../lib/experiments/runs/promote.js";
import { MlflowError, type MlflowErrorCode } from "../../../lib/tracking/mlflow-error.js";
import type { ComparisonAnswer, ComparisonRequest, PromotionRequest } from "../../../lib/tracking/server/evidence.js";
import type { TrackingBackend } from "../../../lib/tracking/tracking-backend.js";
import { planChecks } from "../promote.js";
import { compareScored } from "./compare-scored.js";

/** A question about what is measured in a store. */
export type EvidenceTask = { kind: "requirements"; request: PromotionRequest } | { kind: "comparison"; request: ComparisonRequest };

/** The answers. */
export interface EvidenceAnswers {
  requirements: readonly PromotionCheck[];
  comparison: ComparisonAnswer;
}

/** An answer, or an error in a form that goes from thread to thread. */
export type EvidenceOutcome = { answer: unknown } | { refused: { code: MlflowErrorCode; message: string; hint: string | undefined } };

/** The answer; what is wrong with the question is one too. Throws what is nobody's question's fault. */
export async function answerTask(store: TrackingBackend, task: EvidenceTask): Promise<EvidenceOutcome> {
  try {
    return { answer: await work(store, task) };
  } catch (error) {
    if (!(error instanceof LlmopsError)) throw error;
    const code = error instanceof MlflowError ? error.errorCode : "INVALID_PARAMETER_VALUE";
    return { refused: { code, message: error.message, hint: error.hint } };
  }
}

function work(store: TrackingBackend, task: EvidenceTask): Promise<EvidenceAnswers[EvidenceTask["kind"]]> {
  return task.kind === "requirements" ? planChecks(task.request)(store) : compareScored(store, task.request);
}
