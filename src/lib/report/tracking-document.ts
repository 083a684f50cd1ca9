import { metricValues, type Experiment, type Run } from "../tracking/records.js";

/** A run with MLflow's own field names; a metric that is not a number is written as MLflow writes it. */
export interface RunDocument {
  run_id: string;
  run_name: string;
  experiment_id: string;
  status: Run["status"];
  start_time: number;
  end_time: number | null;
  artifact_uri: string;
  params: Record<string, string>;
  metrics: Record<string, number | "NaN">;
  tags: Record<string, string>;
}

export interface ExperimentDocument {
  experiment_id: string;
  name: string;
  artifact_location: string;
  creation_time: number;
  last_update_time: number;
}

/** A run as --json prints it. */
export function toRunDocument(run: Run): RunDocument {
  return {
    run_id: run.runId,
    run_name: run.runName,
    experiment_id: run.experimentId,
    status: run.status,
    start_time: run.startTime,
    end_time: run.endTime,
    artifact_uri: run.artifactUri,
    params: run.params,
    metrics: Object.fromEntries(Object.entries(metricValues(run)).map(([key, value]) => [key, Number.isNaN(value) ? "NaN" : value])),
    tags: run.tags,
  };
}

/** An experiment as --json prints it. */
export function toExperimentDocument(experiment: Experiment): ExperimentDocument {
  return {
    experiment_id: experiment.experimentId,
    name: experiment.name,
    artifact_location: experiment.artifactLocation,
    creation_time: experiment.creationTime,
    last_update_time: experiment.lastUpdateTime,
  };
}
