import type { TokenUsage } from "./otlp/token-usage.js";

/** A recorded call, as MLflow's TraceInfo V3 has it, without its spans. */
export interface Trace {
  traceId: string;
  experimentId: string;
  requestTimeMs: number;
  durationMs: number | null;
  state: "OK" | "ERROR" | "IN_PROGRESS" | "STATE_UNSPECIFIED";
  clientRequestId: string | null;
  requestPreview: string | null;
  responsePreview: string | null;
  metadata: Record<string, string>;
  tags: Record<string, string>;
  assessments: Assessment[];
}

/** What a person, a judge or a program says about a trace. `value` and the metadata are any JSON. */
export interface Assessment {
  assessmentId: string;
  traceId: string;
  name: string;
  kind: "feedback" | "expectation";
  value: unknown;
  error: unknown;
  createTimeMs: number;
  lastUpdateTimeMs: number;
  sourceType: string;
  sourceId: string;
  runId: string | null;
  spanId: string | null;
  rationale: string | null;
  overrides: string | null;
  valid: boolean;
  metadata: Record<string, string> | null;
}

/** A trace as it is written. */
export type NewTrace = Omit<Trace, "assessments">;

/** How a trace ended. */
export type TraceEnd = Pick<Trace, "state" | "metadata" | "tags"> & { endTimeMs: number };

/** Traces of an experiment: by id, or those up to a time, oldest first, at most so many. */
export type TraceSelection = { ids: readonly string[] } | { upToMs: number; limit: number | undefined };

/** An assessment before it is kept; without times, or with 0, it is of now. */
export type NewAssessment = Omit<Assessment, "assessmentId" | "createTimeMs" | "lastUpdateTimeMs" | "valid"> & {
  createTimeMs?: number | undefined;
  lastUpdateTimeMs?: number | undefined;
};

/** What of an assessment can be changed. */
export type AssessmentUpdate = Partial<Pick<Assessment, "name" | "value" | "error" | "rationale" | "metadata" | "valid">>;

/** A step of a traced call as it is written. Times are nanoseconds since 1970. */
export interface NewSpan {
  traceId: string;
  spanId: string;
  /** Null for the root of its trace. */
  parentId: string | null;
  name: string;
  /** MLflow's span type, such as LLM or TOOL. */
  type: string;
  status: "UNSET" | "OK" | "ERROR";
  startNs: bigint;
  /** Null for a span that has not ended. */
  endNs: bigint | null;
  /** The JSON of the span, as MLflow's Span.to_dict has it. */
  content: string;
  /** What was asked and answered, for people. */
  request: string | null;
  response: string | null;
  usage: TokenUsage | null;
}

/** Spans as the database has them. */
export interface StoredSpans {
  /** How many there are. */
  total: number;
  /** The first so many, each as the JSON that was written. */
  contents: string[];
}
