import type { Assessment, Trace } from "./trace-records.js";

/** Which traces, in which order, and which part of them, by place. */
export interface TraceRowsQuery {
  /** All that are active where none is named. */
  experimentIds: readonly string[];
  /** MLflow's filter language for traces. */
  filter?: string | undefined;
  /** Each has to be found, in any case, in the request, the response, an id, a tag, or in what was said of the trace. */
  words?: string | undefined;
  /** Traces of this run alone. */
  runId?: string | undefined;
  /** MLflow's order language; newest first where nothing else decides. */
  orderBy?: readonly string[] | undefined;
  offset: number;
  /** 1 to 200. */
  limit: number;
}

/** A trace as a row of a table. */
export interface TraceRow extends Pick<
  Trace,
  "traceId" | "experimentId" | "requestTimeMs" | "durationMs" | "state" | "requestPreview" | "responsePreview"
> {
  name: string | null;
  /** Runs that it was made in or is linked to. */
  runIds: string[];
  /** Those that are valid, oldest first. */
  assessments: Pick<Assessment, "name" | "kind" | "value" | "error" | "sourceType">[];
}

export interface TraceRows {
  /** How many traces the query finds. */
  total: number;
  /** How many of them ended how. */
  states: Partial<Record<Trace["state"], number>>;
  rows: TraceRow[];
}
