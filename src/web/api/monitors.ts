import { get, OWN } from "./client.js";

/** What is known of the monitor; "reported" where a page in a file shows what it had recorded by then. */
export type WatchState = "watching" | "silent" | "polled" | "stopped" | "reported";
export type Comparator = "<" | "<=" | ">" | ">=";

/** A bound on a metric of the monitor's run, in its unit: seconds, bytes, or a share. */
export interface Bound {
  metric: string;
  comparator: Comparator;
  bound: number;
}

export interface Indicator extends Bound {
  kpi: string;
  value: number | null;
  state: "passed" | "failed" | "no data";
}

export interface BurnWindow {
  factor: number;
  long_ms: number;
  short_ms: number;
  long_rate: number | null;
  short_rate: number | null;
  exceeded: boolean;
}

export interface Objective {
  slo: string;
  requests: number;
  good: number;
  attained: number | null;
  met: boolean | null;
  /** 1 when nothing of it is used; below 0 when it is overdrawn. */
  error_budget_left: number | null;
  burn: BurnWindow[];
  share: number;
  window_ms: number;
  bound_ms: number | null;
}

export interface ActiveAlert {
  name: string;
  severity: string;
  summary: string;
  state: "pending" | "firing";
  since: number;
  evidence: string;
}

export interface AlertRule {
  name: string;
  severity: string;
  summary: string;
  for_ms: number;
  threshold: Bound | null;
}

/** How a watched server was when it was last polled: llmops.monitor-status/1. */
export interface MonitorStatus {
  target: string;
  dialect: string | null;
  up: boolean;
  time: number;
  polls: number;
  watching_since: number;
  ended_at: number | null;
  /** Null for a single poll. */
  interval_ms: number | null;
  measures: Record<string, number>;
  kpis: Indicator[];
  slos: Objective[];
  rules: AlertRule[];
  alerts: ActiveAlert[];
  errors: { time: number; text: string }[];
}

export interface WatchedServer {
  run_id: string;
  run_name: string;
  experiment_id: string;
  target: string;
  state: WatchState;
  seen: number | null;
  document: MonitorStatus | null;
}

export interface AlertEvent {
  event: "firing" | "still firing" | "resolved";
  time: number;
  since: number;
  name: string;
  severity: string;
  summary: string;
  evidence: string;
}

export type CanaryState = "fine" | "drift" | "cannot tell";

export interface CanaryMetric {
  metric: string;
  samples: number;
  before: number;
  now: number;
  difference: number;
  low: number | null;
  high: number | null;
  tolerance: number;
  p_mean: number;
  p_shape: number;
  state: CanaryState;
}

/** What a round of a canary found; without a comparison it was saved as what later ones are compared with. */
export interface CanaryDocument {
  name: string;
  model: string;
  target: string;
  time: string;
  comparison: { state: CanaryState; metrics: CanaryMetric[]; identical: number; samples: number } | null;
}

export interface CanaryRound {
  run_id: string;
  experiment_id: string;
  verdict: string;
  document: CanaryDocument;
}

/** Values of a metric in a stretch of time. */
export interface SeriesPoint {
  time: number;
  mean: number;
  min: number;
  max: number;
  points: number;
}

export interface Series {
  key: string;
  points: SeriesPoint[];
}

/** The servers that are or were watched, those with a running monitor first. Throws ApiError. */
export async function listMonitors(signal?: AbortSignal): Promise<WatchedServer[]> {
  return (await get<{ monitors: WatchedServer[] }>(`${OWN}/monitors`, {}, signal)).monitors;
}

/** The last alerts of a monitor's run, oldest first. Throws ApiError. */
export async function alertEvents(runId: string, signal?: AbortSignal): Promise<AlertEvent[]> {
  return (await get<{ events: AlertEvent[] }>(`${OWN}/monitors/events`, { run_id: runId }, signal)).events;
}

/** The last rounds of all canaries, newest first. Throws ApiError. */
export async function canaryRounds(signal?: AbortSignal): Promise<CanaryRound[]> {
  return (await get<{ rounds: CanaryRound[] }>(`${OWN}/canaries`, {}, signal)).rounds;
}

/** Metrics of a run between two times, in at most so many stretches. Throws ApiError. */
export async function metricSeries(
  runId: string,
  query: { keys: readonly string[]; from: number; to: number; points: number },
  signal?: AbortSignal,
): Promise<Series[]> {
  return (await get<{ series: Series[] }>(`${OWN}/metrics/series`, { run_id: runId, ...query }, signal)).series;
}
