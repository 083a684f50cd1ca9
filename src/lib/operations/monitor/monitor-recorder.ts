import { metricOfSlo } from "../slo/slo.js";
import type { RunStatus } from "../../tracking/records.js";
import type { TrackedRun } from "../../tracking/tracked-run.js";
import type { Tracker } from "../../tracking/tracker.js";
import { MEASURE_NAMES, runMetricOf } from "./measures.js";
import type { MonitorPlan, Observation } from "./monitor.js";
import type { AlertEvent } from "./alert-book.js";
import { MONITOR_TAG, STATUS_ARTIFACT, toStatus, type MonitorStatus, type PollSchedule } from "./monitor-status.js";

const GB = 1e9;
const MOST_EVENTS = 1000;
const MOST_ERRORS = 20;
/** Between two writes of the status, unless an alert or the server changes its state. */
const STATUS_MS = 2000;
/** The artifact with the last alerts of a run. */
export const ALERTS_ARTIFACT = "alerts.json";

export interface RecorderOptions {
  experiment: string;
  target: string;
  /** The run's, by which a later process continues with it. */
  runKey: string;
  user: string;
  command: string;
  tags: Record<string, string>;
  plan: MonitorPlan;
  schedule: PollSchedule;
  /** Of earlier processes that recorded to the run. */
  events?: readonly AlertEvent[];
}

/**
 * Keeps what is observed of a server in one MLflow run: metrics over time, the step counting polls; the last alerts; and how the server
 * is, as monitor.json, which is written every two seconds at most.
 */
export class MonitorRecorder {
  readonly run: TrackedRun;
  private readonly options: RecorderOptions;
  private readonly since = Date.now();
  private readonly kept: AlertEvent[];
  private readonly errors: MonitorStatus["errors"] = [];
  private latest: Observation | undefined;
  private statusAt = -Infinity;

  constructor(tracker: Tracker, options: RecorderOptions) {
    const { experiment, target, runKey, user, command, tags: more, events = [] } = options;
    const tags = { "mlflow.source.name": command, "mlflow.source.type": "LOCAL", "mlflow.user": user, [MONITOR_TAG]: target };
    const lasting = { key: runKey, continues: true, points: "timed" as const };
    this.options = options;
    this.kept = [...events];
    this.run = tracker.startRun({ experiment, name: `monitor ${target}`, userId: user, tags, lasting });
    this.run.log({ tags: more }); // also to a run that is resumed
  }

  /** The last alerts, for a later process that records to the run. */
  get events(): readonly AlertEvent[] {
    return this.kept;
  }

  record(observation: Observation): void {
    const { step, time, dialect, up, events, errors } = observation;
    const metrics = Object.entries(toMetrics(observation)).map(([key, value]) => ({ key, value, step, timestamp: time }));
    this.run.log({ metrics, ...(dialect && { tags: { "llmops.dialect": dialect } }) });
    this.errors.push(...errors.map((text) => ({ time, text })));
    this.errors.splice(0, Math.max(0, this.errors.length - MOST_ERRORS));
    const isNews = events.length > 0 || up !== this.latest?.up;
    this.latest = observation;
    if (isNews || time - this.statusAt >= STATUS_MS) this.writeStatus(null);
    if (events.length === 0) return;
    this.kept.push(...events);
    this.kept.splice(0, Math.max(0, this.kept.length - MOST_EVENTS));
    this.run.artifact(ALERTS_ARTIFACT, JSON.stringify(this.kept, null, 1));
  }

  end(status: RunStatus): void {
    const endedAt = Date.now();
    this.writeStatus(endedAt);
    this.run.end(status, endedAt);
  }

  private writeStatus(endedAt: number | null): void {
    const { latest, options, since, errors } = this;
    if (!latest) return;
    this.statusAt = latest.time;
    const { plan, schedule } = options;
    this.run.artifact(STATUS_ARTIFACT, JSON.stringify(toStatus(latest, { plan, schedule, since, endedAt, errors })));
  }
}

/** An observation as metrics of a run, with memory under the documented name in gigabytes: of the graphics card where there is one. */
export function toMetrics({ up, measured, slos, alerts, errors }: Observation): Record<string, number> {
  const bytes = measured.gpu_memory ?? measured.memory;
  const named = MEASURE_NAMES.flatMap((name) => (measured[name] === undefined ? [] : [[runMetricOf(name), measured[name]] as const]));
  return {
    up: up ? 1 : 0,
    errors: errors.length,
    firing_alerts: alerts.filter(({ state }) => state === "firing").length,
    ...Object.fromEntries(named),
    ...(bytes !== undefined && { memory_allocated_gb: bytes / GB }),
    ...Object.fromEntries(
      slos.flatMap(({ slo, attained, error_budget_left: left, burn: [fastest] }) => {
        const pairs: [string, number | null | undefined][] = [
          [metricOfSlo(slo, "attained"), attained],
          [metricOfSlo(slo, "error_budget_left"), left],
          [metricOfSlo(slo, "burn_rate"), fastest?.long_rate],
        ];
        return pairs.flatMap(([key, value]) => (typeof value === "number" && Number.isFinite(value) ? [[key, value] as const] : []));
      }),
    ),
  };
}
