import type { Span } from "../wire/spans.js";

/** The spans of a trace. */
export interface TraceSpans {
  /** Where they are: in the database, in the trace's artifact traces.json, or nowhere. */
  source: "database" | "artifact" | null;
  /** How many there are; at most 2,000 are given. */
  total: number;
  /** In the order in which they began; long values are cut. */
  spans: Span[];
}

/** Spans of traces, which are read off the event loop. */
export interface StoreSpans {
  /** Throws RESOURCE_DOES_NOT_EXIST, and INVALID_PARAMETER_VALUE for a file that is too large. */
  spans(traceId: string): Promise<TraceSpans>;
}
