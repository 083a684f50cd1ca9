import type { MonitorSeries } from "../monitor-series.js";
import type { Page } from "./write-page.js";

/** Stretches of time that a metric's points are kept in at most. */
const MOST_STRETCHES = 720;
const GIGABYTE = 1e9;

/** A watched server as it was when it was last seen, its metrics over the whole time, and what alerted. */
export function monitorPage({ name, run, status, metrics, alerts }: MonitorSeries): Page {
  const times = [...metrics.values()].flatMap((points) => points.map(([time]) => time));
  const [from, to] = [times.reduce((a, b) => Math.min(a, b), Infinity), times.reduce((a, b) => Math.max(a, b), -Infinity)];
  const document = status ?? { ...UNKNOWN, target: name, up: true, time: to, polls: times.length, watching_since: from };
  const server = {
    ...{ run_id: run?.runId ?? "", run_name: name, experiment_id: run?.experimentId ?? "", target: document.target },
    ...{ state: "reported", seen: times.length === 0 ? null : to, document: times.length === 0 ? null : document },
  };
  const series = [...withBytes(metrics)].map(([key, points]) => ({ key, points: stretchesOf(points, from, to) }));
  return { title: name, view: { kind: "monitor", server, isWhole: status !== undefined, series, events: alerts } };
}

/** What is known of a server that other programs than `llmops monitor` watched: nothing but its metrics. */
const UNKNOWN = {
  ...{ schema: "llmops.monitor-status/1", dialect: null, ended_at: null, interval_ms: null, timeout_ms: 0, measures: {} },
  ...{ kpis: [], slos: [], rules: [], alerts: [], errors: [] },
};

type Points = readonly (readonly [time: number, value: number])[];

/** Memory in the unit of the page, where it was recorded in gigabytes alone. */
function withBytes(metrics: MonitorSeries["metrics"]): Map<string, Points> {
  const all = new Map<string, Points>(metrics);
  const gigabytes = metrics.get("memory_allocated_gb");
  if (gigabytes && !metrics.has("process_memory_bytes")) {
    all.set(
      "process_memory_bytes",
      gigabytes.map(([time, value]) => [time, GIGABYTE * value] as const),
    );
  }
  return all;
}

interface Stretch {
  time: number;
  mean: number;
  min: number;
  max: number;
  points: number;
}

/** Points in the order of time, in stretches of the same length: their mean and extremes, at the time of the first. */
function stretchesOf(points: Points, from: number, to: number): Stretch[] {
  const length = Math.max(1, (to - from) / MOST_STRETCHES);
  const stretches = new Map<number, Stretch>();
  for (const [time, value] of points) {
    const place = Math.min(MOST_STRETCHES - 1, Math.floor((time - from) / length));
    const known = stretches.get(place);
    if (!known) {
      stretches.set(place, { time, mean: value, min: value, max: value, points: 1 });
      continue;
    }
    known.points++;
    known.mean += (value - known.mean) / known.points;
    known.min = Math.min(known.min, value);
    known.max = Math.max(known.max, value);
  }
  return [...stretches.values()];
}
