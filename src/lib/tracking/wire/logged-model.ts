import type { LoggedModel, LoggedModelStatus } from "../logged-model-records.js";
import { metricFromWire, metricToWire, type WireMetric } from "./run.js";
import { fromPairs, nonEmpty, toPairs, type WirePair } from "./values.js";

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

export interface WireLoggedModel {
  info: {
    model_id: string;
    experiment_id: string;
    name: string;
    creation_timestamp_ms?: number;
    last_updated_timestamp_ms?: number;
    artifact_uri: string;
    status?: LoggedModelStatus;
    model_type?: string;
    source_run_id?: string;
    status_message?: string;
    tags?: WirePair[];
  };
  data?: { params?: WirePair[]; metrics?: WireMetric[] };
}

export function loggedModelFromWire({ info, data = {} }: WireLoggedModel): LoggedModel {
  const { status = "LOGGED_MODEL_STATUS_UNSPECIFIED", creation_timestamp_ms: creationTime = 0 } = info;
  const metrics = (data.metrics ?? []).map((metric) => ({
    ...metricFromWire(metric),
    ...{ runId: metric.run_id ?? "", modelId: info.model_id, datasetName: metric.dataset_name, datasetDigest: metric.dataset_digest },
  }));
  return {
    ...{ modelId: info.model_id, experimentId: info.experiment_id, name: info.name, artifactUri: info.artifact_uri, status },
    ...{ creationTime, lastUpdateTime: info.last_updated_timestamp_ms ?? creationTime },
    ...{ modelType: info.model_type ?? null, sourceRunId: info.source_run_id ?? null, statusMessage: info.status_message ?? null },
    ...{ tags: fromPairs(info.tags), params: fromPairs(data.params), metrics },
  };
}
