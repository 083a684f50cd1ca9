import { z } from "zod";
import { MISSING, type ApiDescriptions } from "./description.js";
import { optionalText, text, textList } from "./fields.js";

const count = z.number().int();
const ms = z.number().describe("Milliseconds.");
const state = z.enum(["OK", "ERROR", "IN_PROGRESS", "STATE_UNSPECIFIED"]);
const values = z.record(z.string(), z.unknown());

const row = z.object({
  trace_id: z.string(),
  experiment_id: z.string(),
  name: z.string().nullable(),
  state,
  request_time: count.describe("Milliseconds since 1970."),
  duration_ms: ms.nullable(),
  request: z.string().nullable().describe("At most 1,000 characters."),
  response: z.string().nullable().describe("At most 1,000 characters."),
  run_ids: z.array(z.string()).describe("Runs that it was made in or is linked to."),
  assessments: z
    .array(
      z.object({
        name: z.string(),
        kind: z.enum(["feedback", "expectation"]),
        value: z.unknown(),
        error: z.unknown(),
        source_type: z.string(),
      }),
    )
    .describe("Those that are valid."),
});

/** Traces as the web application shows them: an API of llmops, beside MLflow's. */
export const TRACE_VIEW_DESCRIPTIONS: ApiDescriptions = {
  "POST llmops/1/traces/query": {
    summary: "Read a range of the traces of a search, as rows of a table, their total number, and how they ended",
    fields: z.object({
      experiment_ids: textList("Experiments to search; all active ones if absent or empty."),
      filter: optionalText("A filter in MLflow's grammar: status = 'ERROR' AND execution_time_ms > 500."),
      words: optionalText("Words that must each occur in the request, the response, an id, a tag, or an assessment; case-insensitive."),
      run_id: optionalText("Traces of this run."),
      order_by: textList("Names with ASC or DESC, in order of precedence. Default: newest first."),
      offset: count.optional().describe("The index of the first trace; default 0."),
      limit: count.optional().describe("Most traces to return, up to 200; default 50."),
    }),
    answer: z.object({ total: count, states: z.partialRecord(state, count), offset: count, traces: z.array(row) }),
  },
};

const span = z.object({
  span_id: z.string(),
  parent_id: z.string().nullable(),
  name: z.string(),
  type: z.string().nullable().describe("LLM, TOOL, CHAIN, RETRIEVER, ..."),
  start_ms: ms.describe("Milliseconds since the first span began."),
  duration_ms: ms.nullable().describe("Null for a span that has not ended."),
  status: z.enum(["OK", "ERROR", "UNSET"]),
  message: z.string().nullable(),
  inputs: z.unknown(),
  outputs: z.unknown(),
  attributes: values,
  events: z.array(z.object({ name: z.string(), at_ms: ms.nullable(), attributes: values })),
});

/** The steps of traced calls. */
export const SPAN_DESCRIPTIONS: ApiDescriptions = {
  "GET llmops/1/traces/spans": {
    summary: "Read the spans of a trace, from the database or from its artifact traces.json",
    fields: z.object({ trace_id: text("The trace.") }),
    answer: z.object({
      source: z.enum(["database", "artifact"]).nullable().describe("Null where there are no spans."),
      total: count,
      spans: z.array(span).describe("At most 2,000, in order of their start; long values are truncated."),
    }),
    errors: MISSING,
  },
};
