import type { LoggedModel } from "../logged-model-records.js";
import { metricToWire } from "./run.js";
import { nonEmpty, toPairs } from "./values.js";

/** A logged model in MLflow 3's shape. */
export function loggedModelToWire(model: LoggedModel): object {
  return {
    info: {
      model_id: model.modelId,
      experiment_id: model.experimentId,
      name: model.name,
      creation_timestamp_ms: model.creationTime,
      last_updated_timestamp_ms: model.lastUpdateTime,
      artifact_uri: model.artifactUri,
      status: model.status,
      model_type: model.modelType ?? undefined,
      source_run_id: model.sourceRunId ?? undefined,
      status_message: model.statusMessage ?? undefined,
      tags: toPairs(model.tags),
    },
    data: {
      params: toPairs(model.params),
      metrics: nonEmpty(model.metrics.map((metric) => ({ ...metricToWire(metric), run_id: metric.runId }))),
    },
  };
}
