import { z } from "zod";
import { metricValues, type Experiment, type Run } from "./records.js";

export const runDocumentSchema = z.object({
  run_id: z.string(),
  run_name: z.string(),
  experiment_id: z.string(),
  status: z.enum(["RUNNING", "SCHEDULED", "FINISHED", "FAILED", "KILLED"]),
  start_time: z.number().int().describe("Milliseconds since 1970."),
  end_time: z.number().int().nullable(),
  artifact_uri: z.string(),
  params: z.record(z.string(), z.string()),
  metrics: z.record(z.string(), z.union([z.number(), z.literal("NaN")])).describe("The latest value of each."),
  tags: z.record(z.string(), z.string()),
});

/** A run with MLflow's own field names; a metric that is not a number is written as MLflow writes it. */
export type RunDocument = z.infer<typeof runDocumentSchema>;

export const experimentDocumentSchema = z.object({
  experiment_id: z.string(),
  name: z.string(),
  artifact_location: z.string(),
  creation_time: z.number(),
  last_update_time: z.number(),
});

export type ExperimentDocument = z.infer<typeof experimentDocumentSchema>;

/** A run as --json and the server give it. */
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
