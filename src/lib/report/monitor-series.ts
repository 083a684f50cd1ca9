import { text } from "node:stream/consumers";
import type { AlertEvent } from "../operations/monitor/alert-book.js";
import { ALERTS_ARTIFACT } from "../operations/monitor/monitor-recorder.js";
import { MONITOR_TAG } from "../operations/monitor/monitor-status.js";
import { findRun, findRuns } from "../experiments/runs/find-runs.js";
import { LlmopsError } from "../base/errors/llmops-error.js";
import { collectPages } from "../tracking/collect-pages.js";
import type { Run } from "../tracking/records.js";
import type { TrackingStore } from "../tracking/tracking-store.js";

/** Metrics over time: milliseconds since the epoch and values. */
export interface MonitorSeries {
  name: string;
  /** Points by metric, in the order of time. */
  metrics: ReadonlyMap<string, readonly [time: number, value: number][]>;
  alerts: readonly AlertEvent[];
}

const MOST_RUNS = 10_000;

/**
 * What was watched: a run of `llmops monitor`, the last one of an experiment, or an experiment that has a run for every poll,
 * as the scripts it replaces made. Throws STORE_NOT_FOUND.
 */
export async function readMonitorSeries(store: TrackingStore, from: string): Promise<MonitorSeries> {
  const experiment = await store.findExperiment(from);
  if (!experiment) return ofRun(store, await findRun(store, from));
  const runs = await findRuns(store, { experiments: [from], limit: MOST_RUNS });
  const [newest] = runs;
  if (!newest) {
    throw new LlmopsError("STORE_NOT_FOUND", `The experiment "${from}" has no runs.`, { hint: "Watch a server first: llmops monitor" });
  }
  const monitored = runs.find(({ tags }) => MONITOR_TAG in tags);
  return monitored ? ofRun(store, monitored) : ofManyRuns(from, runs);
}

async function ofRun(store: TrackingStore, run: Run): Promise<MonitorSeries> {
  const entries = await Promise.all(
    run.metrics.map(async ({ key }) => {
      const points = await collectPages((pageToken) => store.metricHistory(run.runId, key, { maxResults: 25_000, pageToken }));
      const ordered = points.filter(({ value }) => Number.isFinite(value)).sort((a, b) => a.timestamp - b.timestamp);
      return [key, ordered.map(({ timestamp, value }): [number, number] => [timestamp, value])] as const;
    }),
  );
  return { name: run.runName, metrics: new Map(entries), alerts: await readAlerts(store, run.runId) };
}

function ofManyRuns(name: string, runs: readonly Run[]): MonitorSeries {
  const metrics = new Map<string, [number, number][]>();
  for (const { startTime, metrics: own } of [...runs].sort((a, b) => a.startTime - b.startTime)) {
    for (const { key, value } of own) if (Number.isFinite(value)) metrics.set(key, [...(metrics.get(key) ?? []), [startTime, value]]);
  }
  return { name, metrics, alerts: [] };
}

async function readAlerts(store: TrackingStore, runId: string): Promise<AlertEvent[]> {
  const files = await store.listArtifacts(runId, "");
  if (!files.some(({ path }) => path === ALERTS_ARTIFACT)) return [];
  return JSON.parse(await text(await store.readArtifact(runId, ALERTS_ARTIFACT))) as AlertEvent[];
}
