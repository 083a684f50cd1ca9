import type { ChalkInstance } from "chalk";
import type { Run } from "../tracking/records.js";
import { formatTime, plainTable } from "./plain-table.js";

/** Metrics shown, where a run has them. */
const COLUMNS = ["accuracy", "best_accuracy"];

/** The runs of a store, for a terminal; children are indented. */
export function renderRuns(runs: readonly Run[], chalk: ChalkInstance): string {
  if (runs.length === 0) return "No runs yet.";
  const shown = COLUMNS.filter((name) => runs.some((run) => run.metrics[name] !== undefined));
  const rows = runs.map((run) => [
    run.runId,
    run.tags["mlflow.parentRunId"] === undefined ? run.runName : `  ${run.runName}`,
    run.status,
    formatTime(run.startTime),
    ...shown.map((name) => formatMetric(run.metrics[name])),
  ]);
  return plainTable(["run", "name", "status", "started", ...shown], rows, chalk);
}

function formatMetric(value: number | undefined): string {
  return value === undefined ? "" : String(Number(value.toPrecision(4)));
}
