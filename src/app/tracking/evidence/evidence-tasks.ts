import { LlmopsError } from "../../../lib/base/errors/llmops-error.js";
import type { PromotionCheck } from "../../../lib/experiments/runs/promote.js";
import type { ArtifactPlaces } from "../../../lib/tracking/artifact-store.js";
import { MlflowError, type MlflowErrorCode } from "../../../lib/tracking/mlflow-error.js";
import type { AnswersRequest, AnswersWindow } from "../../../lib/base/pages/answers.js";
import type { LabeledAnswer, RatingRequest } from "../../../lib/tracking/server/answers.js";
import type { ComparisonAnswer, ComparisonRequest, PromotionRequest } from "../../../lib/tracking/server/evidence.js";
import type { TraceSpans } from "../../../lib/tracking/server/spans.js";
import type { TrackingBackend } from "../../../lib/tracking/tracking-backend.js";
import { planChecks } from "../promote.js";
import { answersOf, labelsOf } from "./answer-tasks.js";
import { keepRating } from "./ratings.js";
import { compareScored } from "./compare-scored.js";
import { spansOf } from "./trace-spans.js";

/** A question about what is measured in a store. */
export type EvidenceTask =
  | { kind: "requirements"; request: PromotionRequest }
  | { kind: "comparison"; request: ComparisonRequest }
  | { kind: "answers"; request: AnswersRequest }
  | { kind: "rating"; request: RatingRequest }
  | { kind: "labels"; runIds: readonly string[] }
  | { kind: "spans"; traceId: string };

/** A question as a thread gets it, with where the store and its artifacts are. */
export interface EvidenceMessage {
  uri: string;
  places: ArtifactPlaces;
  task: EvidenceTask;
}

/** The answers. */
export interface EvidenceAnswers {
  requirements: readonly PromotionCheck[];
  comparison: ComparisonAnswer;
  answers: AnswersWindow;
  rating: undefined;
  labels: LabeledAnswer[];
  spans: TraceSpans;
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
  if (task.kind === "requirements") return planChecks(task.request)(store);
  if (task.kind === "comparison") return compareScored(store, task.request);
  if (task.kind === "answers") return answersOf(store, task.request);
  if (task.kind === "spans") return spansOf(store, task.traceId);
  return task.kind === "rating" ? keepRating(store, task.request) : labelsOf(store, task.runIds);
}
