/** A number as JSON carries it: "NaN", "Infinity", and "-Infinity" are texts. */
export type WireNumber = number | string;

export type RunStatus = "RUNNING" | "SCHEDULED" | "FINISHED" | "FAILED" | "KILLED";
export type ViewType = "ACTIVE_ONLY" | "DELETED_ONLY" | "ALL";

/** The last value of a metric. */
export interface LastValue {
  last: WireNumber;
}

export interface MetricSummary extends LastValue {
  min: WireNumber;
  max: WireNumber;
  step: number;
  points: number;
}

/** A run of a list, from runs/query. */
export interface RunRow {
  run_id: string;
  run_name: string;
  experiment_id: string;
  status: RunStatus;
  lifecycle_stage: string;
  /** Milliseconds since 1970. */
  start_time: number | null;
  end_time: number | null;
  user_id: string;
  parent_run_id: string | null;
  children: number;
  params: Record<string, string>;
  metrics: Record<string, MetricSummary>;
  tags: Record<string, string>;
}

/** A run of a list of last values alone. */
export type RunValues = Omit<RunRow, "metrics"> & { metrics: Record<string, LastValue> };

export interface RunsQuery {
  experiment_ids: string[];
  filter?: string;
  words?: string;
  run_view_type?: ViewType;
  order_by?: string[];
  /** "roots", or the run whose children are wanted. */
  parent?: string;
  /** params.X, tags.X, or dataset: of one group only, that of `group_value`, or of runs without a value. */
  group_by?: string;
  group_value?: string;
}

/** Last values of a metric over the runs of a group, those that are not finite left out. */
export interface GroupMetric {
  runs: number;
  mean: WireNumber;
  min: WireNumber;
  max: WireNumber;
}

/** Runs with one value of what they are grouped by; null where they have none. */
export interface GroupRow {
  value: string | null;
  runs: number;
  metrics: Record<string, GroupMetric>;
}

export interface GroupsWindow {
  is_current: boolean;
  total: number;
  offset: number;
  groups: GroupRow[];
}

export interface RunsWindow<Row = RunRow> {
  /** Whether all of it is of the store as it is: in large stores the total may be some seconds old. */
  is_current: boolean;
  total: number;
  offset: number;
  runs: Row[];
}

export interface MetricColumn {
  key: string;
  runs: number;
  min: WireNumber;
  max: WireNumber;
}

export interface TextColumn {
  key: string;
  runs: number;
  distinct: number;
  values: { value: string; runs: number }[];
}

export interface RunColumns {
  /** Whether it is of the store as it is: in large stores it may be some seconds old. */
  is_current: boolean;
  total: number;
  statuses: Partial<Record<RunStatus, number>>;
  metrics: MetricColumn[];
  params: TextColumn[];
  tags: TextColumn[];
}

export interface RunningStudy {
  run_id: string;
  run_name: string;
  experiment_id: string;
  start_time: number | null;
  /** A share from 0 to 1. */
  progress: number | null;
  eta_ms: number | null;
  tags: Record<string, string>;
}

export interface RecentRun {
  run_id: string;
  run_name: string;
  experiment_id: string;
  status: RunStatus;
  end_time: number | null;
  /** Of a study; null for other runs. */
  kind: string | null;
  verdict: string | null;
  /** Why a study failed. */
  error: string | null;
}

export interface ModelAtAGlance {
  name: string;
  newest_version: string | null;
  champion: string | null;
  aliases: Record<string, string>;
}

/** What a monitor or a canary last saw to fire. */
export interface FiringAlert {
  source: "monitor" | "canary";
  name: string;
  severity: string;
  summary: string;
  evidence: string;
  target: string;
  since: number;
  seen: number;
  /** Its monitor has recorded nothing since. */
  silent: boolean;
  run_id: string;
  experiment_id: string;
}

export interface Overview {
  experiments: number;
  runs: number;
  running: RunningStudy[];
  recent: RecentRun[];
  models: ModelAtAGlance[];
  alerts: FiringAlert[];
}

/** What changed in the store, from the event stream. */
export interface StoreChange {
  runs?: { run_id: string; experiment_id: string }[];
  more?: boolean;
  experiments?: string[];
  models?: string[];
  traces?: boolean;
  all?: boolean;
}

export interface TableColumn {
  name: string;
  type: "number" | "text" | "boolean" | "json";
}

/** A part of the table in a file, by place. */
export interface ArtifactTable {
  columns: TableColumn[];
  total: number;
  /** Rows that were not filtered out. */
  matching: number;
  offset: number;
  rows: unknown[][];
  /** The line that is not a row because it is not whole. */
  broken_line: number | null;
}
