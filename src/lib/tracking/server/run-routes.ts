import { checkBatchSizes, LIMITS, missingValue } from "../limits.js";
import { invalid } from "../mlflow-error.js";
import type { DatasetInput, Metric, RunStatus } from "../records.js";
import type { TrackingBackend } from "../tracking-backend.js";
import { metricToWire, runInfoToWire, runToWire } from "../wire/run.js";
import { nonEmpty } from "../wire/values.js";
import type { Routes } from "./api.js";
import { done, readQuery } from "./experiment-routes.js";
import type { Fields } from "./fields.js";
import { readModelJson } from "./log-model.js";

const STATUSES = ["RUNNING", "SCHEDULED", "FINISHED", "FAILED", "KILLED"] as const satisfies RunStatus[];
const MAX_HISTORY_RUNS = 100;
const INTERVAL_POINTS = 2500;

/** Runs: MLflow's REST API 2.0. */
export function runRoutes(backend: TrackingBackend): Routes {
  const base = "2.0/mlflow/runs";
  return {
    [`POST ${base}/create`]: async (fields) => {
      const run = await backend.createRun({
        experimentId: fields.requiredId("experiment_id"),
        runName: fields.text("run_name"),
        startTime: fields.time("start_time") ?? Date.now(),
        userId: fields.text("user_id") ?? "",
        tags: fields.pairs("tags"),
      });
      return { run: runToWire(run) };
    },
    [`POST ${base}/update`]: async (fields) => {
      const update = { status: fields.choice("status", STATUSES), endTime: fields.time("end_time"), runName: fields.text("run_name") };
      return { run_info: runInfoToWire(await backend.updateRun(runId(fields), update)) };
    },
    [`GET ${base}/get`]: async (fields) => ({ run: runToWire(await backend.getRun(runId(fields))) }),
    [`POST ${base}/delete`]: (fields) => done(backend.deleteRun(runId(fields))),
    [`POST ${base}/restore`]: (fields) => done(backend.restoreRun(runId(fields))),
    [`POST ${base}/search`]: async (fields) => {
      const experimentIds = fields.texts("experiment_ids");
      const { items, nextPageToken } = await backend.searchRuns({ ...readQuery(fields, 1000), experimentIds });
      return { runs: nonEmpty(items.map(runToWire)), next_page_token: nextPageToken };
    },
    [`POST ${base}/log-metric`]: (fields) => done(backend.logBatch(runId(fields), { metrics: [readMetric(fields)] })),
    [`POST ${base}/log-parameter`]: (fields) =>
      done(backend.logParam(runId(fields), fields.requiredText("key"), fields.text("value") ?? "")),
    [`POST ${base}/log-batch`]: (fields) => done(backend.logBatch(runId(fields), readBatch(fields))),
    [`POST ${base}/set-tag`]: (fields) =>
      done(backend.logBatch(runId(fields), { tags: { [fields.requiredText("key")]: fields.text("value") ?? "" } })),
    [`POST ${base}/delete-tag`]: (fields) => done(backend.deleteTag(runId(fields), fields.requiredText("key"))),
    [`POST ${base}/log-inputs`]: (fields) => {
      const datasets = fields.list("datasets").map(readDataset);
      if (datasets.length > LIMITS.datasets)
        throw invalid(`At most ${LIMITS.datasets} datasets can be logged at once. Got ${datasets.length}.`);
      const modelIds = fields.list("models").map((model) => model.requiredText("model_id"));
      return done(backend.logInputs(runId(fields), { datasets, modelIds }));
    },
    [`POST ${base}/outputs`]: (fields) => {
      const models = fields.list("models").map((model) => ({ modelId: model.requiredText("model_id"), step: model.integer("step") ?? 0 }));
      if (models.length === 0) throw missingValue("models");
      return done(backend.logOutputs(runId(fields), models));
    },
    [`POST ${base}/log-model`]: (fields) => done(backend.logModel(runId(fields), readModelJson(fields.requiredText("model_json")))),
  };
}

/** The history of metrics: MLflow's REST API 2.0. */
export function metricRoutes(backend: TrackingBackend): Routes {
  const base = "2.0/mlflow/metrics";
  const bulk = async (fields: Fields, runIds: string[], maxResults: number) => {
    if (runIds.length === 0) throw missingValue("run_ids");
    if (runIds.length > MAX_HISTORY_RUNS) {
      throw invalid(
        `GetMetricHistoryBulk request cannot specify more than ${MAX_HISTORY_RUNS} run_ids. Received ${runIds.length} run_ids.`,
      );
    }
    const range = { startStep: fields.integer("start_step"), endStep: fields.integer("end_step") };
    const points = await backend.metricHistories({ runIds, key: fields.requiredText("metric_key"), ...range, maxResults });
    return { metrics: nonEmpty(points.map((point) => ({ ...metricToWire(point.metric), run_id: point.runId }))) };
  };
  return {
    [`GET ${base}/get-history`]: async (fields) => {
      const page = { maxResults: fields.integer("max_results"), pageToken: fields.text("page_token") };
      const { items, nextPageToken } = await backend.metricHistory(runId(fields), fields.requiredText("metric_key"), page);
      return { metrics: nonEmpty(items.map(metricToWire)), next_page_token: nextPageToken };
    },
    [`GET ${base}/get-history-bulk-interval`]: (fields) => {
      const maxResults = fields.integer("max_results") ?? INTERVAL_POINTS;
      if (maxResults < 1 || maxResults > INTERVAL_POINTS) throw invalid(`max_results must be between 1 and ${INTERVAL_POINTS}.`);
      return bulk(fields, fields.texts("run_ids"), maxResults);
    },
    [`GET ${base}/get-history-bulk`]: (fields) => {
      const maxResults = Math.min(fields.integer("max_results") ?? LIMITS.historyPage, LIMITS.historyPage);
      return bulk(fields, fields.texts("run_id"), maxResults);
    },
  };
}

/** The run a request is about: run_id, or run_uuid as old clients say. */
export function runId(fields: Fields): string {
  return fields.text("run_id") || fields.text("run_uuid") || fields.requiredText("run_id");
}

function readBatch(fields: Fields) {
  const params = fields.list("params");
  const keys = params.map((param) => param.requiredText("key"));
  const doubled = [...new Set(keys.filter((key, index) => keys.indexOf(key) !== index))];
  if (doubled.length > 0) {
    const list = doubled.map((key) => `'${key}'`).join(", ");
    throw invalid(
      `Duplicate parameter keys have been submitted: [${list}]. Please ensure the request contains only one param value per param key.`,
    );
  }
  const batch = { metrics: fields.list("metrics").map(readMetric), params: fields.pairs("params"), tags: fields.pairs("tags") };
  checkBatchSizes(batch); // a store would take it in parts
  return batch;
}

function readMetric(fields: Fields): Metric {
  return {
    key: fields.requiredText("key"),
    value: fields.requiredDouble("value"),
    timestamp: fields.requiredTime("timestamp"),
    step: fields.integer("step") ?? 0,
    modelId: fields.text("model_id"),
    datasetName: fields.text("dataset_name"),
    datasetDigest: fields.text("dataset_digest"),
  };
}

function readDataset(input: Fields): DatasetInput {
  const dataset = input.object("dataset");
  return {
    name: dataset.requiredText("name"),
    digest: dataset.requiredText("digest"),
    sourceType: dataset.requiredText("source_type"),
    source: dataset.requiredText("source"),
    schema: dataset.text("schema") ?? null,
    profile: dataset.text("profile") ?? null,
    tags: input.pairs("tags"),
  };
}
