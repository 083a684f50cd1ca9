import type { RunStatus } from "../../tracking/records.js";
import type { TrackedRun } from "../../tracking/tracked-run.js";
import type { Tracker } from "../../tracking/tracker.js";
import { MEASURE_NAMES, measureOf, type MeasureName } from "./measures.js";
import type { Observation } from "./monitor.js";
import type { AlertEvent } from "./alert-book.js";

const GB = 1e9;
const MOST_EVENTS = 1000;
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
}

/** Keeps what is observed of a server in one MLflow run: metrics over time, the step counting polls. */
export class MonitorRecorder {
  readonly run: TrackedRun;
  private readonly events: AlertEvent[] = [];

  constructor(tracker: Tracker, { experiment, target, runKey, user, command, tags: more }: RecorderOptions) {
    const tags = { "mlflow.source.name": command, "mlflow.source.type": "LOCAL", "mlflow.user": user, "llmops.monitor": target };
    const lasting = { key: runKey, continues: true, points: "timed" as const };
    this.run = tracker.startRun({ experiment, name: `monitor ${target}`, userId: user, tags, lasting });
    this.run.log({ tags: more }); // also to a run that is resumed
  }

  record(observation: Observation): void {
    const { step, time, dialect, events } = observation;
    const metrics = Object.entries(toMetrics(observation)).map(([key, value]) => ({ key, value, step, timestamp: time }));
    this.run.log({ metrics, ...(dialect && { tags: { "llmops.dialect": dialect } }) });
    if (events.length === 0) return;
    this.events.push(...events);
    this.events.splice(0, Math.max(0, this.events.length - MOST_EVENTS));
    this.run.artifact(ALERTS_ARTIFACT, JSON.stringify(this.events, null, 1));
  }

  end(status: RunStatus): void {
    this.run.end(status);
  }
}

/** What a measure is called in MLflow. */
export function runMetricOf(name: MeasureName): string {
  return measureOf(name).metric ?? name;
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
        const name = `slo_${slo.replace(/[^\w.]+/g, "_")}`;
        const pairs: [string, number | null | undefined][] = [
          [`${name}_attained`, attained],
          [`${name}_error_budget_left`, left],
          [`${name}_burn_rate`, fastest?.long_rate],
        ];
        return pairs.flatMap(([key, value]) => (typeof value === "number" && Number.isFinite(value) ? [[key, value] as const] : []));
      }),
    ),
  };
}
