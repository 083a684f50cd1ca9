import { randomUUID } from "node:crypto";
import type { TrackingBackend } from "../tracking-backend.js";
import type { Trace } from "../trace-records.js";
import { nonEmpty, toPairs } from "../wire/values.js";
import type { Routes } from "./api.js";
import { readQuery } from "./experiment-routes.js";
import type { Fields } from "./fields.js";

const STATUSES = ["TRACE_STATUS_UNSPECIFIED", "OK", "ERROR", "IN_PROGRESS"] as const;

/** Traces as clients of MLflow 2 start, end and read them (REST API 2.0, TraceInfo V2); kept like those of version 3. */
export function traceV2Routes({ traces }: TrackingBackend): Routes {
  const base = "2.0/mlflow/traces";
  const id = (fields: Fields) => fields.requiredText("request_id");
  return {
    [`POST ${base}`]: async (fields) => {
      const trace = await traces.put({
        traceId: `tr-${randomUUID().replaceAll("-", "")}`,
        experimentId: fields.requiredId("experiment_id"),
        requestTimeMs: fields.requiredTime("timestamp_ms"),
        durationMs: null,
        state: "IN_PROGRESS",
        clientRequestId: null,
        requestPreview: null,
        responsePreview: null,
        metadata: fields.pairs("request_metadata"),
        tags: fields.pairs("tags"),
      });
      return { trace_info: traceInfoToWire(trace) };
    },
    [`PATCH ${base}/:request_id`]: async (fields) => {
      const status = fields.choice("status", STATUSES, 0) ?? "OK";
      const trace = await traces.end(id(fields), {
        endTimeMs: fields.requiredTime("timestamp_ms"),
        state: status === "TRACE_STATUS_UNSPECIFIED" ? "STATE_UNSPECIFIED" : status,
        metadata: fields.pairs("request_metadata"),
        tags: fields.pairs("tags"),
      });
      return { trace_info: traceInfoToWire(trace) };
    },
    [`GET ${base}/:request_id/info`]: async (fields) => ({ trace_info: traceInfoToWire(await traces.get(id(fields))) }),
    [`GET ${base}`]: async (fields) => {
      const { items, nextPageToken } = await traces.search(fields.texts("experiment_ids"), readQuery(fields, 100));
      return { traces: nonEmpty(items.map(traceInfoToWire)), next_page_token: nextPageToken };
    },
  };
}

function traceInfoToWire(trace: Trace): object {
  return {
    request_id: trace.traceId,
    experiment_id: trace.experimentId,
    timestamp_ms: trace.requestTimeMs,
    execution_time_ms: trace.durationMs ?? undefined,
    status: trace.state === "STATE_UNSPECIFIED" ? "TRACE_STATUS_UNSPECIFIED" : trace.state,
    request_metadata: toPairs(trace.metadata),
    tags: toPairs(trace.tags),
  };
}
