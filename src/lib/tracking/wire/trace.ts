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
    ...(kind === "feedback" ? { feedback: { value, error: error ?? undefined } } : { expectation: expectationToWire(value) }),
    rationale: assessment.rationale ?? undefined,
    metadata: assessment.metadata ?? undefined,
    overrides: assessment.overrides ?? undefined,
    valid: assessment.valid,
  };
}

/** MLflow has objects and lists of expectations as JSON in a text. */
function expectationToWire(value: unknown): object {
  if (typeof value !== "object" || value === null) return { value };
  return { serialized_value: { value: JSON.stringify(value), serialization_format: "JSON_FORMAT" } };
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

/** A trace as MLflow 3 answers it; fields a server leaves out are optional. */
export interface WireTrace {
  trace_id: string;
  client_request_id?: string;
  trace_location?: { mlflow_experiment?: { experiment_id: string } };
  request_preview?: string;
  response_preview?: string;
  request_time: string;
  execution_duration?: string;
  state?: Trace["state"];
  trace_metadata?: Record<string, string>;
  tags?: Record<string, string>;
  assessments?: WireAssessment[];
}

export interface WireAssessment {
  assessment_id: string;
  assessment_name: string;
  trace_id: string;
  span_id?: string;
  source?: { source_type?: string; source_id?: string };
  create_time?: string;
  last_update_time?: string;
  feedback?: { value?: unknown; error?: unknown };
  expectation?: { value?: unknown; serialized_value?: { value?: string } };
  rationale?: string;
  metadata?: Record<string, string>;
  overrides?: string;
  valid?: boolean;
}

export function traceFromWire(wire: WireTrace): Trace {
  const { client_request_id: clientRequestId = null, request_preview: requestPreview = null } = wire;
  const { response_preview: responsePreview = null, trace_metadata: metadata = {}, tags = {}, assessments = [] } = wire;
  const experimentId = wire.trace_location?.mlflow_experiment?.experiment_id ?? "";
  return {
    ...{ traceId: wire.trace_id, experimentId, clientRequestId, requestPreview, responsePreview, metadata, tags },
    ...timesFromWire(wire),
    assessments: assessments.map(assessmentFromWire),
  };
}

function timesFromWire({ request_time: time, execution_duration: duration = "", state = "STATE_UNSPECIFIED" }: WireTrace) {
  return { requestTimeMs: fromTimestamp(time) ?? 0, durationMs: fromDuration(duration) ?? null, state };
}

export function assessmentFromWire(wire: WireAssessment): Assessment {
  const { span_id: spanId = null, rationale = null, overrides = null, valid = true, metadata = null } = wire;
  return {
    ...{ assessmentId: wire.assessment_id, traceId: wire.trace_id, name: wire.assessment_name, ...valueFromWire(wire) },
    ...{ ...originFromWire(wire), spanId, rationale, overrides, valid, metadata },
    runId: metadata?.["mlflow.assessment.sourceRunId"] ?? null,
  };
}

function originFromWire({ source = {}, create_time: created = "", last_update_time: updated = created }: WireAssessment) {
  const { source_type: sourceType = "CODE", source_id: sourceId = "" } = source;
  return { createTimeMs: fromTimestamp(created) ?? 0, lastUpdateTimeMs: fromTimestamp(updated) ?? 0, sourceType, sourceId };
}

function valueFromWire({ feedback, expectation }: WireAssessment): Pick<Assessment, "kind" | "value" | "error"> {
  if (!expectation) return { kind: "feedback", value: feedback?.value ?? null, error: feedback?.error ?? null };
  const serialized = expectation.serialized_value?.value;
  return { kind: "expectation", value: serialized === undefined ? (expectation.value ?? null) : JSON.parse(serialized), error: null };
}
