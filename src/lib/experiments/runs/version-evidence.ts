import { LlmopsError } from "../../base/errors/llmops-error.js";
import type { DecidedState, EndedCells } from "../gates/checks.js";
import { estimateScore, type Estimate } from "../../base/stats/estimate.js";
import { metricValue, type Run } from "../../tracking/records.js";
import type { ModelVersion } from "../../tracking/registry-records.js";
import type { TrackingStore } from "../../tracking/tracking-store.js";
import { readSampleTable, type SampleTable } from "./sample-scores.js";

/** Numbers that are counted or read off a file: they have no error. */
const EXACT = /^(model_size_bytes|memory_bytes|(cells|rows)_(done|scored|failed|filtered|unscored))$/;
/** A metric is the mean of its scores where the two are as near as rounding leaves them. */
const ROUNDING = 0.01;

/** What the evidence says of a requirement, and where it says nothing what would. */
export interface Finding {
  state: DecidedState;
  evidence: string;
  hint?: string;
}

/** What the run of a version says of one metric. */
export interface VersionEvidence {
  version: ModelVersion;
  run: Run;
  metric: string;
  value: number;
  /** The value with an interval, where the run recorded one or the scores give one. */
  estimate: Estimate | undefined;
  /** Counted, not measured. */
  isExact: boolean;
  /** The columns of the table that may hold the metric's scores, the likeliest first. */
  columns: readonly string[];
  table: SampleTable | undefined;
  /** How the run's cells ended; undefined where it does not say. */
  cells: EndedCells | undefined;
}

/** Reads what a version's run says of a metric. Throws STORE_NOT_FOUND where the version has no run, or the run no such metric. */
export async function readEvidence(store: TrackingStore, version: ModelVersion, metric: string): Promise<VersionEvidence> {
  if (version.runId === "") {
    throw new LlmopsError("STORE_NOT_FOUND", `Version ${version.version} of ${version.name} has no run, and so no metric "${metric}".`, {
      hint: "Register it with the run that evaluated it: llmops mlflow register NAME SOURCE --run RUN",
    });
  }
  const run = await store.getRun(version.runId);
  const table = await readSampleTable(store, run);
  const columns = [...new Set([metric, metric.replace(/\/(mean|score)$/, "")])];
  const column = columns.find((name) => table?.scores.has(name));
  const measured = measure(run, metric, column === undefined ? undefined : table?.scores.get(column));
  if (!measured) throw noMetric(version, run, metric);
  const missing = column === undefined ? undefined : table?.missing.get(column);
  const cells = cellsOf(run, { missing: missing ?? 0, rows: table?.rows ?? 0 });
  return { version, run, metric, ...measured, isExact: EXACT.test(metric), columns, table, cells };
}

/** The run's value of a metric, with the interval that was recorded or that its scores give; undefined where it has neither. */
function measure(
  run: Run,
  metric: string,
  scores: ReadonlyMap<string, number[]> | undefined,
): Pick<VersionEvidence, "value" | "estimate"> | undefined {
  const scored = scores && estimateScores(scores);
  const value = metricValue(run, metric) ?? scored?.mean;
  if (value === undefined) return undefined;
  return { value, estimate: loggedEstimate(run, metric, scored?.n ?? 0) ?? meanOf(value, scored) };
}

/** Scores that are all 0 or 1 are a rate. */
function estimateScores(bySample: ReadonlyMap<string, number[]>): Estimate {
  return estimateScore([...bySample.values()], { kind: "mean" });
}

/** What the scores give, where the metric is their mean. */
function meanOf(value: number, scored: Estimate | undefined): Estimate | undefined {
  if (!scored || Math.abs(value - scored.mean) > ROUNDING * Math.max(Math.abs(value), Math.abs(scored.mean))) return undefined;
  return scored;
}

/** The interval the run was recorded with; one that leaves out its own value is none. */
function loggedEstimate(run: Run, metric: string, n: number): Estimate | undefined {
  const [mean, low, high] = ["", "_ci_low", "_ci_high"].map((end) => metricValue(run, `${metric}${end}`));
  if (mean === undefined || low === undefined || high === undefined) return undefined;
  return low <= mean && mean <= high ? { mean, low, high, n } : undefined;
}

function cellsOf(run: Run, { missing, rows }: { missing: number; rows: number }): EndedCells | undefined {
  const count = (what: string) => metricValue(run, `cells_${what}`) ?? metricValue(run, `rows_${what}`);
  const [failed = 0, filtered = 0, unscored = 0, scored = 0] = ["failed", "filtered", "unscored", "scored"].map(count);
  const done = metricValue(run, "cells_done") ?? Math.max(rows, scored + failed + filtered + unscored);
  if (done === 0) return undefined;
  return { done, failed, filtered, unscored: Math.max(unscored, missing - failed - filtered) };
}

function noMetric({ name, version }: ModelVersion, run: Run, metric: string): LlmopsError {
  return new LlmopsError("STORE_NOT_FOUND", `The run ${run.runId} of ${name} version ${version} has no metric "${metric}".`, {
    hint: `It has: ${run.metrics.map(({ key }) => key).join(", ") || "none"}.`,
  });
}

/** A number as evidence: four digits. */
export function roundEvidence(value: number): string {
  return String(Number(value.toPrecision(4)));
}
