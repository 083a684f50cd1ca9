import { exactJsonText } from "../../base/slices/exact-json.js";
import type { TrackingBackend } from "../tracking-backend.js";
import type { Span } from "../wire/spans.js";
import { answerBytes, type Routes } from "./api.js";
import type { StoreSpans } from "./spans.js";

const PAGE_ROWS = 50;

/** Traces as tables by place, as the web application shows them. */
export function traceViewRoutes({ views }: TrackingBackend): Routes {
  return {
    "POST llmops/1/traces/query": answerBytes((fields) => {
      const [offset, limit] = [fields.integer("offset") ?? 0, fields.integer("limit") ?? PAGE_ROWS];
      const query = { filter: fields.text("filter"), words: fields.text("words"), runId: fields.text("run_id"), offset, limit };
      return views.queryTraces({ ...query, experimentIds: fields.texts("experiment_ids"), orderBy: fields.texts("order_by") });
    }),
  };
}

/** The steps of a traced call. */
export function spanRoutes(spans: StoreSpans): Routes {
  return {
    "GET llmops/1/traces/spans": answerBytes(async (fields) => {
      const found = await spans.spans(fields.requiredText("trace_id"));
      return Buffer.from(exactJsonText({ ...found, spans: found.spans.map(spanToWire) }));
    }),
  };
}

function spanToWire({ spanId, parentId, startMs, durationMs, events, ...span }: Span): object {
  return {
    ...{ ...span, span_id: spanId, parent_id: parentId, start_ms: startMs, duration_ms: durationMs },
    events: events.map(({ atMs, ...event }) => ({ ...event, at_ms: atMs })),
  };
}
