import type { DatasetInput, Experiment, NewRun, Run, RunBatch, RunStatus } from "./records.js";

/** Where experiments and runs are kept. Times are milliseconds; ids are strings. */
export interface TrackingStore {
  /** The store as users write it in --tracking-uri. */
  readonly uri: string;
  /** The experiment of that name, created when there is none. Throws STORE_INCOMPATIBLE for a deleted one. */
  ensureExperiment(name: string): Promise<Experiment>;
  /** Active experiments, newest first. */
  listExperiments(): Promise<Experiment[]>;
  /** Starts a run; its status is RUNNING until endRun. */
  createRun(run: NewRun): Promise<Run>;
  /** Adds params, metrics and tags in one transaction. Throws INVALID_ARGUMENT when a param changes its value. */
  logBatch(runId: string, batch: RunBatch): Promise<void>;
  /** Records a dataset as the run's input. */
  logDataset(runId: string, dataset: DatasetInput): Promise<void>;
  /** Writes an artifact of a run under a relative path; the file appears whole or not at all. */
  logArtifact(runId: string, path: string, content: string | Uint8Array): Promise<void>;
  endRun(runId: string, status: RunStatus, endTime: number): Promise<void>;
  /** The run of that id. Throws STORE_NOT_FOUND. */
  getRun(runId: string): Promise<Run>;
  /** Active runs of the experiments, newest first, at most `limit`. */
  listRuns(experimentIds: readonly string[], limit: number): Promise<Run[]>;
  close(): Promise<void>;
}
