import { fromTimestamp, fromDuration, traceToWire, assessmentToWire } from "../../src/lib/tracking/wire/trace.js";
import { fromPairs, fromWireNumber, toPairs, type WirePair } from "../../src/lib/tracking/wire/values.js";
import { metricFromWire, type WireMetric } from "../../src/lib/tracking/wire/run.js";
import { isMlflowErrorCode, MlflowError } from "../../src/lib/tracking/mlflow-error.js";
import type { ModelDataset } from "../../src/lib/tracking/logged-model-records.js";
import type { LoggedModel } from "../../src/lib/tracking/logged-model-records.js";
import type { Grouping, RunScope } from "../../src/lib/tracking/store-views.js";
import type { Assessment, Trace } from "../../src/lib/tracking/trace-records.js";
import type { TrackingBackend } from "../../src/lib/tracking/tracking-backend.js";

/** What of a backend a server passes on, and RestStore has no use for. */
export type ServedBackend = Pick<
  TrackingBackend,
  "traces" | "loggedModels" | "views" | "logParam" | "logOutputs" | "logModel" | "metricHistories" | "searchDatasets"
>;

type QueryValue = string | number | undefined | readonly string[];
type Json = Record<string, any>;
type Call = (method: string, path: string, fields?: object) => Promise<Json>;

/** A backend as a client of its server sees it: every call goes over the wire, with MLflow's own fields. */
export function wireBackend(url: string): ServedBackend {
  const call: Call = async (method, path, fields = {}) => {
    const isQuery = method === "GET";
    const answer = await fetch(`${url}/api/${path}${isQuery ? `?${queryOf(fields as Record<string, QueryValue>)}` : ""}`, {
      method,
      ...(isQuery ? {} : { body: JSON.stringify(fields), headers: { "content-type": "application/json" } }),
    });
    const body = (await answer.json()) as Json;
    if (answer.ok) return body;
    const { error_code: code, message } = body as { error_code: unknown; message: string };
    throw isMlflowErrorCode(code) ? new MlflowError(code, message) : new Error(`${answer.status}: ${message}`);
  };
  const runs = "2.0/mlflow/runs";
  return {
    traces: wireTraces(call),
    loggedModels: wireLoggedModels(call),
    views: wireViews(call),
    logParam: async (runId, key, value) => void (await call("POST", `${runs}/log-parameter`, { run_id: runId, key, value })),
    logOutputs: async (runId, models) => {
      await call("POST", `${runs}/outputs`, { run_id: runId, models: models.map(({ modelId, step }) => ({ model_id: modelId, step })) });
    },
    logModel: async (runId, model) => void (await call("POST", `${runs}/log-model`, { run_id: runId, model_json: JSON.stringify(model) })),
    metricHistories: async ({ runIds, key, startStep, endStep, maxResults }) => {
      const query = { run_ids: runIds, metric_key: key, start_step: startStep, end_step: endStep, max_results: maxResults };
      const { metrics = [] } = await call("GET", "2.0/mlflow/metrics/get-history-bulk-interval", query);
      return (metrics as WireMetric[]).map((metric) => ({ runId: metric.run_id ?? "", metric: metricFromWire(metric) }));
    },
    searchDatasets: async (ids) => {
      const { dataset_summaries: found = [] } = await call("POST", "2.0/mlflow/experiments/search-datasets", { experiment_ids: ids });
      return (found as Json[]).map(({ experiment_id: experimentId, ...more }) => ({ experimentId, ...more })) as never;
    },
  };
}

function wireViews(call: Call): TrackingBackend["views"] {
  const scopeOf = ({ experimentIds, filter, words, viewType, parent, group }: RunScope) => ({
    ...{ experiment_ids: experimentIds, filter, words, run_view_type: viewType },
    parent: parent === undefined || parent === "roots" ? parent : parent.runId,
    ...(group && { group_by: groupingOf(group.by), group_value: group.value ?? undefined }),
  });
  const groupingOf = (by: Grouping) => (by.kind === "dataset" ? by.kind : `${by.kind}s.\`${by.key}\``);
  const ask = async (path: string, fields: object) => Buffer.from(JSON.stringify(await call("POST", `llmops/1/${path}`, fields)));
  return {
    queryRuns: ({ orderBy, offset, limit, metrics, ...scope }) =>
      ask("runs/query", { ...scopeOf(scope), order_by: orderBy, offset, limit, metrics }),
    queryGroups: ({ by, metrics, orderBy, offset, limit, ...scope }) =>
      ask("runs/groups", { ...scopeOf(scope), group_by: groupingOf(by), metrics, order_by: orderBy, offset, limit }),
    describeColumns: (scope) => ask("runs/columns", scopeOf(scope)),
    queryTraces: ({ experimentIds, runId, orderBy, ...query }) =>
      ask("traces/query", { ...query, experiment_ids: experimentIds, run_id: runId, order_by: orderBy }),
    metricSeries: async ({ runId, ...query }) =>
      Buffer.from(JSON.stringify(await call("GET", "llmops/1/metrics/series", { run_id: runId, ...query }))),
  };
}

function wireTraces(call: Call): TrackingBackend["traces"] {
  const base = "3.0/mlflow/traces";
  const assessment = (answer: Json) => assessmentFromWire(answer["assessment"] as Json);
  return {
    put: async (trace) => {
      const info = traceToWire({ ...trace, assessments: [] });
      return traceFromWire((await call("POST", base, { trace: { trace_info: info } }))["trace"].trace_info as Json);
    },
    end: async (id, { endTimeMs, state, metadata, tags }) => {
      const status = state === "STATE_UNSPECIFIED" ? "TRACE_STATUS_UNSPECIFIED" : state;
      const body = { timestamp_ms: endTimeMs, status, request_metadata: toPairs(metadata), tags: toPairs(tags) };
      await call("PATCH", `2.0/mlflow/traces/${id}`, body);
      return traceFromWire((await call("GET", `${base}/${id}`))["trace"].trace_info as Json);
    },
    get: async (id) => traceFromWire((await call("GET", `${base}/${id}`))["trace"].trace_info as Json),
    read: async (ids) => {
      const { traces = [] } = await call("GET", `${base}/batchGet`, { trace_ids: ids });
      return (traces as Json[]).map(({ trace_info: info }) => traceFromWire(info as Json));
    },
    search: async (ids, { filter, orderBy, maxResults, pageToken }) => {
      const locations = ids.map((id) => ({ type: "MLFLOW_EXPERIMENT", mlflow_experiment: { experiment_id: id } }));
      const body = { locations, filter, order_by: orderBy, max_results: maxResults, page_token: pageToken };
      const { traces = [], next_page_token: nextPageToken } = await call("POST", `${base}/search`, body);
      return { items: (traces as Json[]).map(traceFromWire), ...(nextPageToken === undefined ? {} : { nextPageToken }) };
    },
    delete: async (id, which) => {
      const selection = "ids" in which ? { request_ids: which.ids } : { max_timestamp_millis: which.upToMs, max_traces: which.limit };
      return (await call("POST", `${base}/delete-traces`, { experiment_id: id, ...selection }))["traces_deleted"] as number;
    },
    setTag: async (id, key, value) => void (await call("PATCH", `${base}/${id}/tags`, { key, value })),
    deleteTag: async (id, key) => void (await call("DELETE", `${base}/${id}/tags`, { key })),
    logSpans: () => Promise.reject(new Error("the server alone writes them")),
    spansOf: () => Promise.reject(new Error("RestTraces reads them")),
    storedSpans: () => Promise.reject(new Error("the server alone reads them")),
    linkToRun: async (ids, runId) => void (await call("POST", "2.0/mlflow/traces/link-to-run", { trace_ids: ids, run_id: runId })),
    createAssessment: async (made) => {
      const unset = { assessmentId: "", valid: true };
      const body = {
        ...assessmentToWire({ ...unset, ...made, createTimeMs: made.createTimeMs ?? 0, lastUpdateTimeMs: made.lastUpdateTimeMs ?? 0 }),
        assessment_id: undefined,
        run_id: made.runId,
      };
      return assessment(await call("POST", `${base}/${made.traceId}/assessments`, { assessment: body }));
    },
    getAssessment: async (traceId, id) => assessment(await call("GET", `${base}/${traceId}/assessments/${id}`)),
    updateAssessment: async (traceId, id, { name, value, ...more }) => {
      const body = { ...(name !== undefined && { assessment_name: name }), ...(value !== undefined && { feedback: { value } }), ...more };
      const mask = Object.keys(body)
        .map((field) => (field === "assessment_name" ? "assessmentName" : field)) // as Protobuf's JSON has it
        .join(",");
      return assessment(await call("PATCH", `${base}/${traceId}/assessments/${id}`, { assessment: body, update_mask: mask }));
    },
    deleteAssessment: async (traceId, id) => void (await call("DELETE", `${base}/${traceId}/assessments/${id}`)),
  };
}

function wireLoggedModels(call: Call): TrackingBackend["loggedModels"] {
  const base = "2.0/mlflow/logged-models";
  const model = async (method: string, path: string, fields?: object) => modelFromWire((await call(method, path, fields))["model"] as Json);
  return {
    create: ({ experimentId, name, modelType, sourceRunId, tags, params }) =>
      model("POST", base, {
        ...{ experiment_id: experimentId, name, model_type: modelType, source_run_id: sourceRunId },
        ...{ tags: toPairs(tags), params: toPairs(params) },
      }),
    get: (id) => model("GET", `${base}/${id}`),
    search: async ({ experimentIds, filter, datasets, orderBy, maxResults, pageToken }) => {
      const toDataset = (of: ModelDataset | undefined) => of && { dataset_name: of.name, dataset_digest: of.digest };
      const order = orderBy.map(({ field, ascending, dataset }) => ({ field_name: field, ascending, ...toDataset(dataset) }));
      const page = { max_results: maxResults, page_token: pageToken };
      const body = { experiment_ids: experimentIds, filter, datasets: datasets?.map(toDataset), order_by: order, ...page };
      const { models = [], next_page_token: nextPageToken } = await call("POST", `${base}/search`, body);
      return { items: (models as Json[]).map(modelFromWire), ...(nextPageToken === undefined ? {} : { nextPageToken }) };
    },
    finalize: (id, status) => model("PATCH", `${base}/${id}`, { status }),
    delete: async (id) => void (await call("DELETE", `${base}/${id}`)),
    setTags: (id, tags) => model("PATCH", `${base}/${id}/tags`, { tags: toPairs(tags) }),
    deleteTag: async (id, key) => void (await call("DELETE", `${base}/${id}/tags/${encodeURIComponent(key)}`)),
    logParams: (id, params) => model("POST", `${base}/${id}/params`, { params: toPairs(params) }),
  };
}

function traceFromWire(info: Json): Trace {
  return {
    traceId: info["trace_id"],
    experimentId: info["trace_location"].mlflow_experiment.experiment_id,
    requestTimeMs: fromTimestamp(info["request_time"] as string) ?? Number.NaN,
    durationMs: fromDuration((info["execution_duration"] ?? "") as string) ?? null,
    state: info["state"],
    clientRequestId: info["client_request_id"] ?? null,
    requestPreview: info["request_preview"] ?? null,
    responsePreview: info["response_preview"] ?? null,
    metadata: info["trace_metadata"],
    tags: info["tags"],
    assessments: ((info["assessments"] ?? []) as Json[]).map(assessmentFromWire),
  };
}

function assessmentFromWire(wire: Json): Assessment {
  const kind = "feedback" in wire ? "feedback" : "expectation";
  return {
    ...{ assessmentId: wire["assessment_id"], traceId: wire["trace_id"], name: wire["assessment_name"], kind, value: wire[kind].value },
    error: wire["feedback"]?.error ?? null,
    createTimeMs: fromTimestamp(wire["create_time"] as string) ?? Number.NaN,
    lastUpdateTimeMs: fromTimestamp(wire["last_update_time"] as string) ?? Number.NaN,
    ...{ sourceType: wire["source"].source_type, sourceId: wire["source"].source_id, runId: null, spanId: wire["span_id"] ?? null },
    ...{ rationale: wire["rationale"] ?? null, overrides: wire["overrides"] ?? null },
    ...{ valid: wire["valid"], metadata: wire["metadata"] ?? null },
  };
}

function modelFromWire({ info, data }: Json): LoggedModel {
  const metrics = ((data.metrics ?? []) as WireMetric[]).map((metric) => ({
    ...metricFromWire(metric),
    ...{ runId: metric.run_id ?? "", modelId: metric.model_id, value: fromWireNumber(metric.value ?? 0) },
  }));
  return {
    ...{ modelId: info.model_id, experimentId: info.experiment_id, name: info.name, artifactUri: info.artifact_uri, status: info.status },
    ...{ creationTime: info.creation_timestamp_ms, lastUpdateTime: info.last_updated_timestamp_ms },
    ...{ modelType: info.model_type ?? null, sourceRunId: info.source_run_id ?? null, statusMessage: info.status_message ?? null },
    ...{ tags: fromPairs(info.tags as WirePair[]), params: fromPairs(data.params as WirePair[]), metrics },
  };
}

function queryOf(fields: Record<string, QueryValue>): string {
  const pairs = Object.entries(fields).flatMap(([name, value]) => {
    const list = Array.isArray(value) ? (value as readonly (string | number | undefined)[]) : [value as string | number | undefined];
    return list.filter((one) => one !== undefined).map((one): [string, string] => [name, String(one)]);
  });
  return new URLSearchParams(pairs).toString();
}
