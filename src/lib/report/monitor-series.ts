import { text } from "node:stream/consumers";
import { z } from "zod";
import { alertEventSchema, type AlertEvent } from "../operations/monitor/alert-book.js";
import { ALERTS_ARTIFACT } from "../operations/monitor/monitor-recorder.js";
import { MONITOR_TAG, monitorStatusSchema, STATUS_ARTIFACT, type MonitorStatus } from "../operations/monitor/monitor-status.js";
import { findRun, findRuns } from "../experiments/runs/find-runs.js";
import { LlmopsError } from "../base/errors/llmops-error.js";
import { collectPages } from "../tracking/collect-pages.js";
import type { Run } from "../tracking/records.js";
import type { TrackingStore } from "../tracking/tracking-store.js";

/** Metrics over time: milliseconds since the epoch and values. */
export interface MonitorSeries {
  name: string;
  /** The run of the monitor; undefined where every poll has one. */
  run?: Run | undefined;
  /** How the server was when it was last polled, where the monitor says so. */
  status?: MonitorStatus | undefined;
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
  const alerts = await readJson(store, run.runId, ALERTS_ARTIFACT, z.array(alertEventSchema));
  const status = await readJson(store, run.runId, STATUS_ARTIFACT, monitorStatusSchema);
  return { name: run.runName, run, status, metrics: new Map(entries), alerts: alerts ?? [] };
}

function ofManyRuns(name: string, runs: readonly Run[]): MonitorSeries {
  const metrics = new Map<string, [number, number][]>();
  for (const { startTime, metrics: own } of [...runs].sort((a, b) => a.startTime - b.startTime)) {
    for (const { key, value } of own) if (Number.isFinite(value)) metrics.set(key, [...(metrics.get(key) ?? []), [startTime, value]]);
  }
  return { name, metrics, alerts: [] };
}

/** An artifact of a run; undefined where it has none, or something else under that name. */
async function readJson<T>(store: TrackingStore, runId: string, name: string, schema: z.ZodType<T>): Promise<T | undefined> {
  const files = await store.listArtifacts(runId, "");
  if (!files.some(({ path }) => path === name)) return undefined;
  const content = await text(await store.readArtifact(runId, name));
  try {
    return schema.safeParse(JSON.parse(content)).data;
  } catch {
    return undefined;
  }
}
