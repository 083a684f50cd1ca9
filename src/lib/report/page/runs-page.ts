import { collectPages } from "../../tracking/collect-pages.js";
import { metricValue, type Experiment, type Run } from "../../tracking/records.js";
import type { TrackingStore } from "../../tracking/tracking-store.js";
import { toWireNumber } from "../../tracking/wire/values.js";
import { runRow } from "./run-rows.js";
import type { Page } from "./write-page.js";

const MOST_RUNS = 1000;
/** Curves are read of so many runs, and metrics, with so many points each, at most. */
const MOST_CURVES = 50;
const MOST_CURVE_METRICS = 8;
const MOST_POINTS = 400;

/** The runs of an experiment, how their metrics follow their params, and learning curves. Throws what reading the store throws. */
export async function runsPage(store: TrackingStore, experiment: Experiment): Promise<Page> {
  const { items: runs, nextPageToken } = await store.searchRuns({ experimentIds: [experiment.experimentId], maxResults: MOST_RUNS });
  const curves = await curvesOf(store, runs);
  const counts = new Map(curves.map(({ run_id, key, of }) => [JSON.stringify([run_id, key]), of]));
  const rows = runs.map((run) => runRow(run, (key) => counts.get(JSON.stringify([run.runId, key])) ?? 1));
  const facts = { experiment_id: experiment.experimentId, uri: store.uri, created: experiment.creationTime };
  return { title: experiment.name, view: { kind: "runs", facts, runs: rows, curves, isWhole: nextPageToken === undefined } };
}

interface Curve {
  run_id: string;
  key: string;
  /** How many points it has; of many, some are left out. */
  of: number;
  points: [step: number, time: number, value: number | string][];
}

/** The curves of the metrics that most runs logged more than once. */
async function curvesOf(store: TrackingStore, runs: readonly Run[]): Promise<Curve[]> {
  const counts = new Map<string, number>();
  for (const { metrics } of runs) for (const { key, step } of metrics) if (step > 0) counts.set(key, (counts.get(key) ?? 0) + 1);
  const keys = [...counts].sort((a, b) => b[1] - a[1]).slice(0, MOST_CURVE_METRICS);
  const curves: Curve[] = [];
  for (const [key] of keys) {
    const having = runs.filter((run) => metricValue(run, key) !== undefined).slice(0, MOST_CURVES);
    curves.push(...(await Promise.all(having.map((run) => readCurve(store, run.runId, key)))));
  }
  return curves.filter(({ of }) => of > 1);
}

async function readCurve(store: TrackingStore, runId: string, key: string): Promise<Curve> {
  const all = await collectPages((pageToken) => store.metricHistory(runId, key, { maxResults: 25_000, pageToken }));
  const ordered = all.sort((a, b) => a.step - b.step || a.timestamp - b.timestamp);
  const pace = Math.max(1, (ordered.length - 1) / (MOST_POINTS - 1));
  const kept = ordered.filter((_, i) => i === ordered.length - 1 || Math.floor(i / pace) > Math.floor((i - 1) / pace));
  return {
    ...{ run_id: runId, key, of: ordered.length },
    points: kept.map(({ step, timestamp, value }) => [step, timestamp, toWireNumber(value)]),
  };
}
