export type RunStatus = "RUNNING" | "SCHEDULED" | "FINISHED" | "FAILED" | "KILLED";
export type LifecycleStage = "active" | "deleted";

/** Times are milliseconds since the epoch, as everywhere in MLflow. */
export interface Experiment {
  experimentId: string;
  name: string;
  artifactLocation: string;
  lifecycleStage: LifecycleStage;
  creationTime: number;
  lastUpdateTime: number;
}

export interface Metric {
  key: string;
  value: number;
  timestamp: number;
  step: number;
}

/** A run with the latest value of each metric. */
export interface Run {
  runId: string;
  runName: string;
  experimentId: string;
  status: RunStatus;
  startTime: number;
  endTime: number | null;
  artifactUri: string;
  lifecycleStage: LifecycleStage;
  params: Record<string, string>;
  metrics: Record<string, number>;
  tags: Record<string, string>;
}

export interface NewRun {
  experimentId: string;
  runName: string;
  startTime: number;
  tags?: Record<string, string>;
}

/** Params are write-once; the metric rules are MLflow's (see SqliteStore). */
export interface RunBatch {
  params?: Record<string, string>;
  metrics?: Metric[];
  tags?: Record<string, string>;
}

/** A dataset that a run used, as MLflow records its inputs. */
export interface DatasetInput {
  name: string;
  /** 8 hex digits. */
  digest: string;
  sourceType: string;
  source: string;
  schema: string;
  profile: string;
  context: string;
}

/** What goes into the `mlflow.loggedArtifacts` table artifact: pandas' "split" layout. */
export interface Table {
  columns: string[];
  data: (string | number | null)[][];
}
