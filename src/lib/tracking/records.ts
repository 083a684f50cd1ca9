import { keyed } from "./keyed.js";

export type RunStatus = "RUNNING" | "SCHEDULED" | "FINISHED" | "FAILED" | "KILLED";
export type LifecycleStage = "active" | "deleted";
export type ViewType = "ACTIVE_ONLY" | "DELETED_ONLY" | "ALL";

/** Times are milliseconds since the epoch, as everywhere in MLflow. */
export interface Experiment {
  experimentId: string;
  name: string;
  artifactLocation: string;
  lifecycleStage: LifecycleStage;
  creationTime: number;
  lastUpdateTime: number;
  tags: Record<string, string>;
}

export interface NewExperiment {
  name: string;
  artifactLocation?: string | undefined;
  tags?: Record<string, string>;
}

export interface Metric {
  key: string;
  value: number;
  timestamp: number;
  step: number;
  /** The logged model and dataset it belongs to, in MLflow 3. */
  modelId?: string | undefined;
  datasetName?: string | undefined;
  datasetDigest?: string | undefined;
}

export interface RunInfo {
  runId: string;
  runName: string;
  experimentId: string;
  userId: string;
  status: RunStatus;
  startTime: number;
  endTime: number | null;
  artifactUri: string;
  lifecycleStage: LifecycleStage;
}

/** A run with the latest point of each metric. */
export interface Run extends RunInfo {
  params: Record<string, string>;
  metrics: Metric[];
  tags: Record<string, string>;
  datasets: DatasetInput[];
  /** Logged models the run used, and those it made. */
  modelInputs: string[];
  modelOutputs: { modelId: string; step: number }[];
}

export interface NewRun {
  experimentId: string;
  /** Without one, the tag mlflow.runName names the run, or else a made-up name. */
  runName?: string | undefined;
  startTime: number;
  userId?: string;
  tags?: Record<string, string>;
}

export interface RunUpdate {
  status?: RunStatus | undefined;
  endTime?: number | undefined;
  runName?: string | undefined;
}

/** Params are write-once; the latest point of a metric is the greatest by (step, timestamp, value). */
export interface RunBatch {
  params?: Record<string, string>;
  metrics?: Metric[];
  tags?: Record<string, string>;
}

/** A dataset that a run used, as MLflow records its inputs. */
export interface DatasetInput {
  name: string;
  /** 8 hex digits, usually. */
  digest: string;
  sourceType: string;
  source: string;
  schema: string | null;
  profile: string | null;
  /** Such as mlflow.data.context: train, eval, ... */
  tags: Record<string, string>;
}

/** What a run used: datasets, and logged models by id. */
export interface RunInputs {
  datasets?: readonly DatasetInput[];
  modelIds?: readonly string[];
}

/** A dataset of an experiment, and a context in which runs used it, if they said one. */
export interface DatasetSummary {
  experimentId: string;
  name: string;
  digest: string;
  context: string | null;
}

/** Which points of a metric: of these runs, between two steps, both included. */
export interface HistoryQuery {
  runIds: readonly string[];
  key: string;
  startStep?: number | undefined;
  endStep?: number | undefined;
  /** Of each run. */
  maxResults: number;
}

/** A point of a run's metric. */
export interface RunMetric {
  runId: string;
  metric: Metric;
}

/** What to remove for good: what was deleted up to a time. */
export interface PurgeQuery {
  deletedBefore: number;
  /** Only say what. */
  dryRun: boolean;
}

/** Ids of what was removed for good, or would be. */
export interface Purged {
  runs: string[];
  experiments: string[];
}

/** What goes into the `mlflow.loggedArtifacts` table artifact: pandas' "split" layout. */
export interface Table {
  columns: string[];
  data: (string | number | null)[][];
}

/** What to look for, in MLflow's filter and order grammar. */
export interface SearchQuery {
  filter?: string | undefined;
  orderBy?: readonly string[] | undefined;
  viewType?: ViewType | undefined;
  maxResults: number;
  pageToken?: string | undefined;
}

export interface RunQuery extends SearchQuery {
  experimentIds: readonly string[];
}

export interface Page<T> {
  items: T[];
  nextPageToken?: string | undefined;
}

/** A file or folder of a run; the path is relative to the run's artifacts. */
export interface FileInfo {
  path: string;
  isFolder: boolean;
  sizeBytes: number;
}

/** The value of a metric of a run, if it has it. */
export function metricValue({ metrics }: Pick<Run, "metrics">, key: string): number | undefined {
  return metrics.find((metric) => metric.key === key)?.value;
}

/** The value of each metric of a run, by key. */
export function metricValues({ metrics }: Pick<Run, "metrics">): Record<string, number> {
  return keyed(metrics.map(({ key, value }) => [key, value]));
}
