import { parseExactJson } from "../format/exact-json.js";
import { get, getText, OWN, post, queryText, write } from "./client.js";
import { withoutPrototypes } from "./without-prototypes.js";

const TRACES = "/ajax-api/3.0/mlflow/traces";

export type TraceState = "OK" | "ERROR" | "IN_PROGRESS" | "STATE_UNSPECIFIED";
export type AssessmentKind = "feedback" | "expectation";

/** A trace of a list, from traces/query. */
export interface TraceRow {
  trace_id: string;
  experiment_id: string;
  name: string | null;
  state: TraceState;
  /** Milliseconds since 1970. */
  request_time: number;
  duration_ms: number | null;
  request: string | null;
  response: string | null;
  run_ids: string[];
  assessments: { name: string; kind: AssessmentKind; value: unknown; error: unknown; source_type: string }[];
}

export interface TracesQuery {
  experiment_ids: string[];
  filter?: string;
  words?: string;
  run_id?: string;
  order_by?: string[];
}

export interface TracesWindow {
  total: number;
  states: Partial<Record<TraceState, number>>;
  offset: number;
  traces: TraceRow[];
}

/** An assessment as MLflow has it. */
export interface Assessment {
  assessment_id: string;
  assessment_name: string;
  source: { source_type: string; source_id: string };
  create_time: string;
  last_update_time: string;
  feedback?: { value?: unknown; error?: { error_code?: string; error_message?: string } };
  expectation?: { value?: unknown; serialized_value?: { value: string } };
  rationale?: string;
  overrides?: string;
  valid: boolean;
}

/** What an assessment says: objects and lists of expectations travel as JSON in a text. */
export function assessedValue({ feedback, expectation }: Assessment): unknown {
  const written = expectation?.serialized_value?.value;
  return written === undefined ? (expectation ?? feedback)?.value : parseExactJson(written);
}

/** MLflow's TraceInfo. */
export interface Trace {
  trace_id: string;
  client_request_id?: string;
  trace_location: { mlflow_experiment: { experiment_id: string } };
  request_preview?: string;
  response_preview?: string;
  request_time: string;
  execution_duration?: string;
  state: TraceState;
  trace_metadata?: Record<string, string>;
  tags?: Record<string, string>;
  assessments?: Assessment[];
}

/** A step of a traced call. */
export interface Span {
  span_id: string;
  parent_id: string | null;
  name: string;
  type: string | null;
  /** Since the first span began. */
  start_ms: number;
  /** Null where it has not ended. */
  duration_ms: number | null;
  status: "OK" | "ERROR" | "UNSET";
  message: string | null;
  inputs: unknown;
  outputs: unknown;
  attributes: Record<string, unknown>;
  events: { name: string; at_ms: number | null; attributes: Record<string, unknown> }[];
}

export interface TraceSpans {
  source: "database" | "artifact" | null;
  total: number;
  spans: Span[];
}

/** A window of the traces that a query finds. Throws ApiError. */
export async function queryTraces(query: TracesQuery, offset: number, limit: number, signal?: AbortSignal): Promise<TracesWindow> {
  return post<TracesWindow>(`${OWN}/traces/query`, { ...query, offset, limit }, signal);
}

/** A trace with what is said of it. Throws ApiError. */
export async function getTrace(traceId: string, signal?: AbortSignal): Promise<Trace> {
  return (await get<{ trace: { trace_info: Trace } }>(placeOf(traceId), {}, signal)).trace.trace_info;
}

/** The spans of a trace, in the order in which they began. Throws ApiError. */
export async function getSpans(traceId: string, signal?: AbortSignal): Promise<TraceSpans> {
  const text = await getText(`${OWN}/traces/spans${queryText({ trace_id: traceId })}`, signal);
  return withoutPrototypes(parseExactJson(text)) as TraceSpans;
}

/** Sets a tag of a trace. Throws ApiError. */
export async function setTraceTag(traceId: string, key: string, value: string): Promise<void> {
  await write("PATCH", `${placeOf(traceId)}/tags`, { key, value });
}

/** Removes a tag of a trace. Throws ApiError. */
export async function deleteTraceTag(traceId: string, key: string): Promise<void> {
  await write("DELETE", `${placeOf(traceId)}/tags`, { key });
}

/** Deletes a trace for good. Throws ApiError. */
export async function deleteTrace({ trace_id, trace_location }: Trace): Promise<void> {
  const { experiment_id } = trace_location.mlflow_experiment;
  await post(`${TRACES}/delete-traces`, { experiment_id, request_ids: [trace_id] });
}

/** What a person says of a trace. */
export interface Said {
  kind: AssessmentKind;
  name: string;
  value: unknown;
  rationale: string;
}

/** Adds an assessment by a person. Throws ApiError. */
export async function addAssessment(traceId: string, { kind, name, value, rationale }: Said): Promise<void> {
  const source = { source_type: "HUMAN", source_id: "web" };
  const assessment = { assessment_name: name, source, [kind]: { value }, ...(rationale === "" ? {} : { rationale }) };
  await post(`${placeOf(traceId)}/assessments`, { assessment });
}

/** Changes an assessment. Throws ApiError. */
export async function changeAssessment(traceId: string, id: string, { kind, name, value, rationale }: Said): Promise<void> {
  const assessment = { assessment_name: name, [kind]: { value }, ...(rationale === "" ? {} : { rationale }) };
  await write("PATCH", assessmentPlace(traceId, id), { assessment, update_mask: `assessment_name,${kind},rationale` });
}

/** Deletes an assessment; what it replaced counts again. Throws ApiError. */
export async function deleteAssessment(traceId: string, id: string): Promise<void> {
  await write("DELETE", assessmentPlace(traceId, id), {});
}

function placeOf(traceId: string): string {
  return `${TRACES}/${encodeURIComponent(traceId)}`;
}

function assessmentPlace(traceId: string, id: string): string {
  return `${placeOf(traceId)}/assessments/${encodeURIComponent(id)}`;
}
