import type { Assessment, Trace } from "../trace-records.js";
import { nonEmpty } from "./values.js";

/** A trace in the shape of MLflow's TraceInfo V3. */
export function traceToWire(trace: Trace): object {
  return {
    trace_id: trace.traceId,
    client_request_id: trace.clientRequestId ?? undefined,
    trace_location: { type: "MLFLOW_EXPERIMENT", mlflow_experiment: { experiment_id: trace.experimentId } },
    request_preview: trace.requestPreview ?? undefined,
    response_preview: trace.responsePreview ?? undefined,
    request_time: toTimestamp(trace.requestTimeMs),
    execution_duration: trace.durationMs === null ? undefined : `${trace.durationMs / 1000}s`,
    state: trace.state,
    trace_metadata: trace.metadata,
    tags: trace.tags,
    assessments: nonEmpty(trace.assessments.map(assessmentToWire)),
  };
}

/** An assessment of a trace as MLflow has it. */
export function assessmentToWire(assessment: Assessment): object {
  const { kind, value, error } = assessment;
  return {
    assessment_id: assessment.assessmentId,
    assessment_name: assessment.name,
    trace_id: assessment.traceId,
    span_id: assessment.spanId ?? undefined,
    source: { source_type: assessment.sourceType, source_id: assessment.sourceId },
    create_time: toTimestamp(assessment.createTimeMs),
    last_update_time: toTimestamp(assessment.lastUpdateTimeMs),
    ...(kind === "feedback" ? { feedback: { value, error: error ?? undefined } } : { expectation: { value } }),
    rationale: assessment.rationale ?? undefined,
    metadata: assessment.metadata ?? undefined,
    overrides: assessment.overrides ?? undefined,
    valid: assessment.valid,
  };
}

/** RFC 3339, as protobuf's JSON writes a timestamp. */
export function toTimestamp(epochMs: number): string {
  return new Date(epochMs).toISOString();
}

/** Milliseconds of an RFC 3339 time, fractions of any length; undefined for anything else. */
export function fromTimestamp(text: string): number | undefined {
  const ms = Date.parse(text.replace(/(\.\d{3})\d+/, "$1"));
  return Number.isNaN(ms) ? undefined : ms;
}

/** Milliseconds of a duration such as "0.158s"; undefined for anything else. */
export function fromDuration(text: string): number | undefined {
  const seconds = /^(\d+(?:\.\d+)?)s$/.exec(text)?.[1];
  return seconds === undefined ? undefined : Math.round(Number(seconds) * 1000);
}
