import { stripVTControlCharacters } from "node:util";
import type { ChalkInstance } from "chalk";
import type { RunColumn } from "../runs/run-columns.js";
import type { Run } from "../tracking/records.js";
import { formatTime, plainTable } from "./plain-table.js";

const LONGEST = 40;

/** Runs for a terminal, children indented; where a width is given, columns that do not fit are named below instead. */
export function renderRuns(runs: readonly Run[], columns: readonly RunColumn[], chalk: ChalkInstance, width = Infinity): string {
  if (runs.length === 0) return "No runs.";
  for (let shown = columns.length; ; shown--) {
    const table = runsTable(runs, columns.slice(0, shown), chalk);
    if (shown > 0 && stripVTControlCharacters(table.split("\n", 1)[0] ?? "").length > width) continue;
    const left = columns.slice(shown).map(({ name }) => name);
    return left.length === 0 ? table : `${table}\nNo room for ${left.join(", ")}: choose with --columns.`;
  }
}

function runsTable(runs: readonly Run[], columns: readonly RunColumn[], chalk: ChalkInstance): string {
  const rows = runs.map((run) => [
    run.runId,
    run.tags["mlflow.parentRunId"] === undefined ? run.runName : `  ${run.runName}`,
    run.lifecycleStage === "deleted" ? `${run.status} (deleted)` : run.status,
    formatTime(run.startTime),
    ...columns.map((column) => formatValue(column.value(run))),
  ]);
  return plainTable(["run", "name", "status", "started", ...columns.map(({ name }) => name)], rows, chalk);
}

/** A value for a table: numbers with four digits that count, long texts cut. */
export function formatValue(value: string | number | undefined): string {
  if (value === undefined) return "";
  if (typeof value === "number") return String(Number(value.toPrecision(4)));
  const line = value.replace(/\s+/g, " ");
  return line.length > LONGEST ? `${line.slice(0, LONGEST - 1)}…` : line;
}
