import { randomBytes } from "node:crypto";
import type { NewAssessment, NewTrace } from "./trace-records.js";

/** What a judge says of a call: a value, or why there is none. */
export interface Feedback {
  name: string;
  value: number | null;
  problem: string | null;
  rationale: string | null;
  /** Which judge. */
  sourceId: string;
}

/** A call that was graded: what was asked, what was answered, and what is said of it. */
export interface JudgedCall {
  experimentId: string;
  request: string;
  response: string;
  requestTimeMs: number;
  /** What the caller knows it by. */
  id: string;
  feedback: readonly Feedback[];
}

/** The call as a trace of a run's evaluation, as MLflow 3 keeps them. */
export function toEvaluationTrace(runId: string, { experimentId, request, response, requestTimeMs, id }: JudgedCall): NewTrace {
  return {
    traceId: `tr-${randomBytes(16).toString("hex")}`,
    ...{ experimentId, requestTimeMs, durationMs: null, state: "OK" as const, clientRequestId: id },
    ...{ requestPreview: request, responsePreview: response, tags: { "mlflow.traceName": "judge" } },
    metadata: {
      "mlflow.sourceRun": runId,
      "mlflow.trace_schema.version": "3",
      "mlflow.traceInputs": JSON.stringify(request),
      "mlflow.traceOutputs": JSON.stringify(response),
    },
  };
}

/** What is said of a trace, as an assessment of the run. */
export function toAssessment(runId: string, traceId: string, { name, value, problem, rationale, sourceId }: Feedback): NewAssessment {
  return {
    ...{
      traceId,
      name,
      kind: "feedback" as const,
      value,
      sourceType: "LLM_JUDGE",
      sourceId,
      runId,
      rationale,
      spanId: null,
      overrides: null,
    },
    error: problem === null ? null : { error_code: "UNSCORED", error_message: problem },
    metadata: { "mlflow.assessment.sourceRunId": runId },
  };
}
