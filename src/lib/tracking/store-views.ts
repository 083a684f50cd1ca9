import type { LifecycleStage, RunStatus, ViewType } from "./records.js";
import type { TraceRowsQuery } from "./trace-views.js";

/** Which runs: those of the experiments, or of all that are active where none is named. */
export interface RunScope {
  experimentIds: readonly string[];
  /** MLflow's filter language. */
  filter?: string | undefined;
  /** Each has to be found, in any case, in the run's name or id, or in one of its params or tags. */
  words?: string | undefined;
  viewType?: ViewType | undefined;
  /** Runs without a parent, or the children of one. */
  parent?: "roots" | { runId: string } | undefined;
  group?: RunGroup | undefined;
}

/** What puts runs together: the value of a param or tag, or a dataset they used. */
export type Grouping = { kind: "param" | "tag"; key: string } | { kind: "dataset" };

/** Runs of one value, written as its group has it; null for those that have none. */
export interface RunGroup {
  by: Grouping;
  value: string | null;
}

/** A part of the groups of a scope's runs, by place. */
export interface GroupsQuery extends RunScope {
  by: Grouping;
  /** What is summarized of each group; at most 100. */
  metrics: readonly string[];
  /** `value`, `runs`, or a metric's mean, as in MLflow's order language; by value where there is none. */
  orderBy?: string | undefined;
  offset: number;
  /** 1 to 500. */
  limit: number;
}

/** Last values of a metric over the runs of a group, those that are not finite left out. */
export interface GroupMetric {
  /** Runs that have a finite value; without one, the others are NaN. */
  runs: number;
  mean: number;
  min: number;
  max: number;
}

/** A run is in the groups of all datasets it used. */
export interface GroupRow {
  /** A dataset is its name with its digest in brackets. */
  value: string | null;
  runs: number;
  metrics: Record<string, GroupMetric>;
}

export interface GroupRows {
  /** How many groups the scope has. */
  total: number;
  rows: GroupRow[];
}

/** A part of the runs, by place. */
export interface RunRowsQuery extends RunScope {
  /** MLflow's order language, and `metrics.X.min` and `metrics.X.max`, over the whole history of a metric. */
  orderBy?: readonly string[] | undefined;
  offset: number;
  /** 1 to 500; to 2,000 of last values. */
  limit: number;
  /** "last" leaves out what the points of a metric's history have to be read for. */
  metrics?: "last" | undefined;
}

/** A metric of a run: its latest value, and over all its points where these were asked for; NaN is no extreme, unless there is nothing else. */
export interface MetricSummary {
  last: number;
  min?: number;
  max?: number;
  /** Of the latest value. */
  step?: number;
  points?: number;
}

/** A run as a row of a table. */
export interface RunRow {
  runId: string;
  runName: string;
  experimentId: string;
  status: RunStatus;
  lifecycleStage: LifecycleStage;
  startTime: number;
  endTime: number | null;
  userId: string;
  parentRunId: string | null;
  /** Active runs that have it as their parent. */
  children: number;
  params: Record<string, string>;
  metrics: Record<string, MetricSummary>;
  /** Without notes; long values are cut. */
  tags: Record<string, string>;
}

export interface RunRows {
  /** How many runs the scope has. */
  total: number;
  rows: RunRow[];
}

/** What the runs of a scope have of a metric: latest values. */
export interface MetricColumn {
  key: string;
  runs: number;
  min: number;
  max: number;
}

/** What the runs of a scope have of a param or tag. */
export interface TextColumn {
  key: string;
  runs: number;
  distinct: number;
  /** The most frequent, at most 20. */
  values: { value: string; runs: number }[];
}

export interface ColumnSummary {
  total: number;
  statuses: Partial<Record<RunStatus, number>>;
  metrics: MetricColumn[];
  params: TextColumn[];
  /** Without MLflow's own, but for mlflow.source.name and mlflow.user. */
  tags: TextColumn[];
}

/** Metrics of a run between two times, in milliseconds since the epoch. */
export interface MetricSeriesQuery {
  runId: string;
  /** At most 100. */
  keys: readonly string[];
  from: number;
  to: number;
  /** At most so many of each metric, 1 to 1000. */
  points: number;
}

/** The values of a metric in a stretch of time. */
export interface SeriesPoint {
  /** Of the last value. */
  time: number;
  mean: number;
  min: number;
  max: number;
  /** How many values it stands for. */
  points: number;
}

export interface MetricSeries {
  key: string;
  points: SeriesPoint[];
}

/** The store as people look at it. Nothing here waits for, or holds up, what clients write: documents are made, to the last byte, where they were found. */
export interface StoreViews {
  /** A part of the runs and how many there are: a RunsDocument of the wire. Throws INVALID_PARAMETER_VALUE for a wrong filter, order, offset or limit. */
  queryRuns(query: RunRowsQuery): Promise<JsonBytes>;
  /** What there is to filter and to show of the runs of a scope: a ColumnsDocument of the wire. Throws INVALID_PARAMETER_VALUE. */
  describeColumns(scope: RunScope): Promise<JsonBytes>;
  /** A part of the groups of the runs of a scope and how many there are: a GroupsDocument of the wire. Throws INVALID_PARAMETER_VALUE. */
  queryGroups(query: GroupsQuery): Promise<JsonBytes>;
  /** A part of the traces, how many there are, and how they ended: a TracesDocument of the wire. Throws INVALID_PARAMETER_VALUE. */
  queryTraces(query: TraceRowsQuery): Promise<JsonBytes>;
  /** Metrics of a run over time, in equal stretches of it: a series of MetricSeries. Throws INVALID_PARAMETER_VALUE. */
  metricSeries(query: MetricSeriesQuery): Promise<JsonBytes>;
}

/** A JSON document in UTF-8. */
export type JsonBytes = Uint8Array;
