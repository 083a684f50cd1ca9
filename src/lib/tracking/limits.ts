import { invalid } from "./mlflow-error.js";
import type { Metric, RunBatch } from "./records.js";

/** MLflow 3.6's limits; lengths are characters. */
export const LIMITS = {
  batchMetrics: 1000,
  batchParams: 100,
  batchTags: 100,
  batchTotal: 1000,
  datasets: 1000,
  key: 250,
  paramValue: 6000,
  runTagValue: 8000,
  experimentTagValue: 5000,
  experimentName: 500,
  artifactLocation: 2048,
  modelTagValue: 100_000,
  datasetName: 500,
  datasetDigest: 36,
  datasetSource: 65_535,
  datasetSchema: 1_048_575,
  datasetProfile: 16_777_215,
  inputTagKey: 255,
  inputTagValue: 500,
  traceTagValue: 8000,
  tracePreview: 1000,
  historyPage: 25_000,
} as const;

const KEY = /^[/\p{L}\p{M}\p{N}_.\- :]*$/u;
const KEY_RULE = "Names may only contain alphanumerics, underscores (_), dashes (-), periods (.), spaces ( ), colon(:) and slashes (/).";
const RUN_ID = /^[a-zA-Z0-9][\w-]{0,255}$/;

/** Throws INVALID_PARAMETER_VALUE unless the text is at most so long. `what` is MLflow's name for it. */
export function checkLength(what: string, text: string, limit: number): void {
  if (text.length > limit) throw invalid(`'${what}' exceeds the maximum length of ${limit} characters. Got ${text.length} characters.`);
}

/** Throws INVALID_PARAMETER_VALUE unless the key of a metric, param or tag is in MLflow's alphabet, a plain relative path, and short enough. */
export function checkKey(key: string, path: string, what: "Metric name" | "Param key" | "key"): void {
  if (key === "") throw missingValue(path);
  if (!KEY.test(key)) throw invalid(`Invalid value ${JSON.stringify(key)} for parameter '${path}' supplied: ${KEY_RULE}`);
  if (key === "." || key.startsWith("/") || key.split("/").some((part) => part === "" || part === "." || part === "..")) {
    throw invalid(
      `Invalid value ${JSON.stringify(key)} for parameter '${path}' supplied: Names may be treated as files in certain cases, ` +
        "and must not resolve to other names when treated as such.",
    );
  }
  checkLength(what, key, LIMITS.key);
}

/** The key changed into one MLflow takes: characters outside its alphabet become underscores, what is too long is cut. */
export function toValidKey(key: string): string {
  const plain = key.replace(/[^/\p{L}\p{M}\p{N}_.\- :]/gu, "_");
  const parts = plain.split("/").filter((part) => part !== "" && part !== "." && part !== "..");
  return parts.join("/").slice(0, LIMITS.key) || "_";
}

/** MLflow's answer to a field that has to be there. */
export function missingValue(path: string): Error {
  return invalid(`Missing value for required parameter '${path}'. See the API docs for more information about request parameters.`);
}

/** Throws INVALID_PARAMETER_VALUE for a text that cannot be a run's id. */
export function checkRunId(runId: string): void {
  if (!RUN_ID.test(runId)) throw invalid(`Invalid run ID: '${runId}'`);
}

/** Throws unless timestamp and step are integers MLflow can keep, and the timestamp is not negative. */
export function checkMetric(metric: Metric, path = ""): void {
  checkKey(metric.key, `${path}name`, "Metric name");
  if (!Number.isSafeInteger(metric.timestamp) || metric.timestamp < 0) {
    throw invalid(
      `Invalid value ${metric.timestamp} for parameter '${path}timestamp' supplied: must be a nonnegative long (64-bit integer) value.`,
    );
  }
  if (!Number.isSafeInteger(metric.step)) {
    throw invalid(`Invalid value ${metric.step} for parameter '${path}step' supplied: must be a valid long (64-bit integer) value.`);
  }
}

/** Checks a whole batch before anything of it is written: sizes, keys, numbers. Throws INVALID_PARAMETER_VALUE. */
export function checkBatch(batch: RunBatch): void {
  checkBatchSizes(batch);
  const { metrics = [], params = {}, tags = {} } = batch;
  for (const [index, metric] of metrics.entries()) checkMetric(metric, `metrics[${index}].`);
  for (const [index, key] of Object.keys(params).entries()) checkKey(key, `params[${index}].key`, "Param key");
  for (const [index, key] of Object.keys(tags).entries()) checkKey(key, `tags[${index}].key`, "key");
}

/** Throws INVALID_PARAMETER_VALUE for a batch that is larger than a request may be. */
export function checkBatchSizes({ metrics = [], params = {}, tags = {} }: RunBatch): void {
  const counts = { metrics: metrics.length, params: Object.keys(params).length, tags: Object.keys(tags).length };
  const total = counts.metrics + counts.params + counts.tags;
  checkBatchSize("metrics", counts.metrics, LIMITS.batchMetrics);
  checkBatchSize("params", counts.params, LIMITS.batchParams);
  checkBatchSize("tags", counts.tags, LIMITS.batchTags);
  checkBatchSize("metrics, params, and tags", total, LIMITS.batchTotal);
}

/** Checks tags of registered models and their versions. Throws INVALID_PARAMETER_VALUE. */
export function checkModelTags(tags: Readonly<Record<string, string>>): void {
  for (const [key, value] of Object.entries(tags)) {
    checkKey(key, "key", "key");
    checkLength("value", value, LIMITS.modelTagValue);
  }
}

function checkBatchSize(what: string, count: number, limit: number): void {
  if (count <= limit) return;
  throw invalid(
    `A batch logging request can contain at most ${limit} ${what}. Got ${count} ${what}. Please split up ${what} across multiple requests and try again.`,
  );
}
