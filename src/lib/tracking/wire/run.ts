import type { DatasetInput, Experiment, Metric, Run, RunInfo } from "../records.js";
import { fromPairs, fromWireNumber, nonEmpty, toPairs, toWireNumber, type WireNumber, type WirePair } from "./values.js";

/** Shapes of MLflow's REST API 2.0; fields a server leaves out are optional. */
export interface WireExperiment {
  experiment_id: string;
  name: string;
  artifact_location?: string;
  lifecycle_stage?: Experiment["lifecycleStage"];
  last_update_time?: number;
  creation_time?: number;
  tags?: WirePair[];
}

export interface WireMetric {
  key: string;
  value?: WireNumber;
  timestamp?: number | string;
  step?: number | string;
  model_id?: string;
  dataset_name?: string;
  dataset_digest?: string;
  run_id?: string;
}

export interface WireRunInfo {
  run_id: string;
  run_uuid?: string;
  experiment_id: string;
  run_name?: string;
  user_id?: string;
  status?: RunInfo["status"];
  start_time?: number | string;
  end_time?: number | string;
  artifact_uri?: string;
  lifecycle_stage?: RunInfo["lifecycleStage"];
}

export interface WireDatasetInput {
  tags?: WirePair[];
  dataset: { name: string; digest: string; source_type: string; source: string; schema?: string; profile?: string };
}

export interface WireRun {
  info: WireRunInfo;
  data?: { metrics?: WireMetric[]; params?: WirePair[]; tags?: WirePair[] };
  inputs?: { dataset_inputs?: WireDatasetInput[]; model_inputs?: { model_id: string }[] };
  outputs?: { model_outputs?: { model_id: string; step?: number }[] };
}

export function experimentToWire(experiment: Experiment): WireExperiment {
  const { experimentId, name, artifactLocation, lifecycleStage, lastUpdateTime, creationTime } = experiment;
  const tags = toPairs(experiment.tags);
  return {
    experiment_id: experimentId,
    name,
    artifact_location: artifactLocation,
    lifecycle_stage: lifecycleStage,
    last_update_time: lastUpdateTime,
    creation_time: creationTime,
    ...(tags ? { tags } : {}),
  };
}

export function experimentFromWire(wire: WireExperiment): Experiment {
  return {
    experimentId: wire.experiment_id,
    name: wire.name,
    artifactLocation: wire.artifact_location ?? "",
    lifecycleStage: wire.lifecycle_stage ?? "active",
    creationTime: wire.creation_time ?? 0,
    lastUpdateTime: wire.last_update_time ?? 0,
    tags: fromPairs(wire.tags),
  };
}

export function metricToWire({ key, value, timestamp, step, modelId, datasetName, datasetDigest }: Metric): WireMetric {
  return {
    key,
    value: toWireNumber(value),
    timestamp,
    step,
    ...(modelId === undefined ? {} : { model_id: modelId }),
    ...(datasetName == null ? {} : { dataset_name: datasetName }),
    ...(datasetDigest == null ? {} : { dataset_digest: datasetDigest }),
  };
}

export function metricFromWire({ key, value = 0, timestamp = 0, step = 0 }: WireMetric): Metric {
  return { key, value: fromWireNumber(value), timestamp: Number(timestamp), step: Number(step) };
}

export function runInfoToWire(info: RunInfo): WireRunInfo {
  return {
    run_uuid: info.runId,
    experiment_id: info.experimentId,
    run_name: info.runName,
    user_id: info.userId,
    status: info.status,
    start_time: info.startTime,
    ...(info.endTime === null ? {} : { end_time: info.endTime }),
    artifact_uri: info.artifactUri,
    lifecycle_stage: info.lifecycleStage,
    run_id: info.runId,
  };
}

export function runInfoFromWire(wire: WireRunInfo): RunInfo {
  return {
    runId: wire.run_id,
    runName: wire.run_name ?? "",
    experimentId: wire.experiment_id,
    userId: wire.user_id ?? "",
    status: wire.status ?? "RUNNING",
    startTime: Number(wire.start_time ?? 0),
    endTime: wire.end_time === undefined ? null : Number(wire.end_time),
    artifactUri: wire.artifact_uri ?? "",
    lifecycleStage: wire.lifecycle_stage ?? "active",
  };
}

export function runToWire(run: Run): object {
  return {
    info: runInfoToWire(run),
    data: { metrics: nonEmpty(run.metrics.map(metricToWire)), params: toPairs(run.params), tags: toPairs(run.tags) },
    inputs: {
      dataset_inputs: nonEmpty(run.datasets.map(datasetToWire)),
      model_inputs: nonEmpty(run.modelInputs.map((id) => ({ model_id: id }))),
    },
    outputs: { model_outputs: nonEmpty(run.modelOutputs.map(({ modelId, step }) => ({ model_id: modelId, step }))) },
  };
}

export function runFromWire({ info, data, inputs, outputs }: WireRun): Run {
  return {
    ...runInfoFromWire(info),
    params: fromPairs(data?.params),
    metrics: (data?.metrics ?? []).map(metricFromWire),
    tags: fromPairs(data?.tags),
    datasets: (inputs?.dataset_inputs ?? []).map(datasetFromWire),
    modelInputs: (inputs?.model_inputs ?? []).map((model) => model.model_id),
    modelOutputs: (outputs?.model_outputs ?? []).map((model) => ({ modelId: model.model_id, step: model.step ?? 0 })),
  };
}

export function datasetToWire({ name, digest, sourceType, source, schema, profile, tags }: DatasetInput): WireDatasetInput {
  const pairs = toPairs(tags);
  return {
    ...(pairs ? { tags: pairs } : {}),
    dataset: {
      name,
      digest,
      source_type: sourceType,
      source,
      ...(schema === null ? {} : { schema }),
      ...(profile === null ? {} : { profile }),
    },
  };
}

function datasetFromWire({ tags, dataset }: WireDatasetInput): DatasetInput {
  const { name, digest, source_type: sourceType, source, schema = null, profile = null } = dataset;
  return { name, digest, sourceType, source, schema, profile, tags: fromPairs(tags) };
}
