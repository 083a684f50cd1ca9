import { missingValue } from "../limits.js";
import { invalid } from "../mlflow-error.js";
import type { TraceStore, TrackingBackend } from "../tracking-backend.js";
import type { AssessmentUpdate, NewAssessment, NewTrace, Trace } from "../trace-records.js";
import { spanToWire } from "../wire/otlp-span.js";
import { assessmentToWire, fromDuration, fromTimestamp, traceToWire } from "../wire/trace.js";
import { nonEmpty } from "../wire/values.js";
import type { Routes } from "./api.js";
import { done, readQuery } from "./experiment-routes.js";
import type { Fields } from "./fields.js";
import { runId } from "./run-routes.js";

const STATES = ["STATE_UNSPECIFIED", "OK", "ERROR", "IN_PROGRESS"] as const satisfies Trace["state"][];

/** Traces; clients before MLflow 3.4 keep the spans as the artifact traces.json. */
export function traceRoutes({ traces }: TrackingBackend): Routes {
  const base = "3.0/mlflow/traces";
  const id = (fields: Fields) => fields.requiredText("trace_id");
  const setTag = (fields: Fields) => done(traces.setTag(id(fields), fields.requiredText("key"), fields.text("value") ?? ""));
  const deleteTag = (fields: Fields) => done(traces.deleteTag(id(fields), fields.requiredText("key")));
  const remove = async (fields: Fields) => {
    const experimentId = fields.requiredId("experiment_id");
    const ids = fields.texts("request_ids");
    const upToMs = fields.integer("max_timestamp_millis");
    if (ids.length === 0 && upToMs === undefined) throw missingValue("max_timestamp_millis");
    const which = ids.length > 0 ? { ids } : { upToMs: upToMs ?? 0, limit: fields.integer("max_traces") };
    return { traces_deleted: await traces.delete(experimentId, which) };
  };
  return {
    [`POST ${base}`]: async (fields) => ({
      trace: { trace_info: traceToWire(await traces.put(readTrace(fields.object("trace").object("trace_info")))) },
    }),
    [`POST ${base}/search`]: async (fields) => {
      const experimentIds = fields.list("locations").map((place) => place.object("mlflow_experiment").requiredId("experiment_id"));
      if (experimentIds.length === 0) throw missingValue("locations");
      const { items, nextPageToken } = await traces.search(experimentIds, readQuery(fields, 100));
      return { traces: nonEmpty(items.map(traceToWire)), next_page_token: nextPageToken };
    },
    [`GET ${base}/batchGet`]: async (fields) => {
      const found = await traces.read(fields.texts("trace_ids"));
      return { traces: nonEmpty(await Promise.all(found.map((trace) => withSpans(traces, trace)))) };
    },
    [`GET ${base}/:trace_id`]: async (fields) => ({ trace: { trace_info: traceToWire(await traces.get(id(fields))) } }),
    [`POST ${base}/delete-traces`]: remove,
    "POST 2.0/mlflow/traces/delete-traces": remove,
    [`PATCH ${base}/:trace_id/tags`]: setTag,
    [`DELETE ${base}/:trace_id/tags`]: deleteTag,
    "PATCH 2.0/mlflow/traces/:trace_id/tags": setTag,
    "DELETE 2.0/mlflow/traces/:trace_id/tags": deleteTag,
    "POST 2.0/mlflow/traces/link-to-run": (fields) => done(traces.linkToRun(fields.texts("trace_ids"), runId(fields))),
  };
}

/** A trace with the spans that are in the store. */
async function withSpans(traces: TraceStore, trace: Trace): Promise<object> {
  return { trace_info: traceToWire(trace), spans: nonEmpty((await traces.spansOf(trace.traceId)).map(spanToWire)) };
}

/** Assessments of traces. */
export function assessmentRoutes({ traces }: TrackingBackend): Routes {
  const base = "3.0/mlflow/traces/:trace_id/assessments";
  const ids = (fields: Fields) => [fields.requiredText("trace_id"), fields.requiredText("assessment_id")] as const;
  return {
    [`POST ${base}`]: async (fields) => {
      const assessment = readAssessment(fields.requiredText("trace_id"), fields.object("assessment"));
      return { assessment: assessmentToWire(await traces.createAssessment(assessment)) };
    },
    [`GET ${base}/:assessment_id`]: async (fields) => ({ assessment: assessmentToWire(await traces.getAssessment(...ids(fields))) }),
    [`PATCH ${base}/:assessment_id`]: async (fields) => {
      const mask = fields.requiredText("update_mask").split(",");
      const update = readUpdate(fields.object("assessment"), mask);
      return { assessment: assessmentToWire(await traces.updateAssessment(...ids(fields), update)) };
    },
    [`DELETE ${base}/:assessment_id`]: (fields) => done(traces.deleteAssessment(...ids(fields))),
  };
}

function readTrace(info: Fields): NewTrace {
  const place = info.object("trace_location").object("mlflow_experiment");
  return {
    traceId: info.requiredText("trace_id"),
    experimentId: place.requiredId("experiment_id"),
    requestTimeMs: readTime(info, "request_time"),
    durationMs: fromDuration(info.text("execution_duration") ?? "") ?? null,
    state: info.choice("state", STATES, 0) ?? "STATE_UNSPECIFIED",
    clientRequestId: info.text("client_request_id") ?? null,
    requestPreview: info.text("request_preview") ?? null,
    responsePreview: info.text("response_preview") ?? null,
    metadata: info.map("trace_metadata"),
    tags: info.map("tags"),
  };
}

function readTime(fields: Fields, name: string): number {
  const text = fields.requiredText(name);
  const time = fromTimestamp(text);
  if (time !== undefined) return time;
  throw invalid(`Invalid value ${JSON.stringify(text)} for parameter '${name}' supplied: it must be a time such as 2026-01-31T12:00:00Z.`);
}

function readAssessment(traceId: string, fields: Fields): NewAssessment {
  const kind = fields.has("feedback") ? "feedback" : "expectation";
  if (!fields.has(kind)) throw missingValue("assessment.feedback");
  const source = fields.object("source");
  return {
    traceId,
    name: fields.requiredText("assessment_name"),
    kind,
    ...readValue(fields),
    sourceType: source.text("source_type") ?? "CODE",
    sourceId: source.text("source_id") ?? "",
    runId: fields.text("run_id") ?? null,
    spanId: fields.text("span_id") ?? null,
    rationale: fields.text("rationale") ?? null,
    overrides: fields.text("overrides") ?? null,
    metadata: fields.has("metadata") ? fields.map("metadata") : null,
    createTimeMs: fields.has("create_time") ? readTime(fields, "create_time") : undefined,
    lastUpdateTimeMs: fields.has("last_update_time") ? readTime(fields, "last_update_time") : undefined,
  };
}

function readValue(fields: Fields): { value: unknown; error: unknown } {
  if (!fields.has("expectation")) {
    const feedback = fields.object("feedback");
    return { value: feedback.json("value") ?? null, error: feedback.json("error") ?? null };
  }
  const expectation = fields.object("expectation");
  const serialized = expectation.object("serialized_value").text("value");
  return { value: serialized === undefined ? (expectation.json("value") ?? null) : parseSerialized(serialized), error: null };
}

function parseSerialized(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw invalid("Invalid value for parameter 'expectation.serialized_value' supplied: it is not JSON.");
  }
}

/** `mask` names what to change: in camelCase, as Protobuf's JSON has masks, or as the fields are written. */
function readUpdate(fields: Fields, mask: readonly string[]): AssessmentUpdate {
  const update: AssessmentUpdate = {};
  for (const path of mask.map((part) => part.trim().replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`))) {
    if (path === "assessment_name") update.name = fields.requiredText("assessment_name");
    else if (/^(feedback|expectation)\b/.test(path)) Object.assign(update, readValue(fields));
    else if (path === "rationale") update.rationale = fields.text("rationale") ?? null;
    else if (path === "metadata") update.metadata = fields.map("metadata");
    else if (path === "valid") update.valid = fields.boolean("valid") ?? true;
    else
      throw invalid(`Invalid update_mask '${path}': assessment_name, feedback, expectation, rationale, metadata or valid can be updated.`);
  }
  return update;
}
