import type { RunColumn } from "../experiments/runs/run-columns.js";
import type { Run } from "../tracking/records.js";
import { cut, whole } from "./fit-columns.js";
import { formatTime, plainTable } from "./plain-table.js";
import type { Screen } from "./screen.js";
import { PARENT_TAG } from "../tracking/mlflow-tags.js";

const LONGEST = 40;

/** Runs for a terminal, children indented; columns that do not fit are named below instead. */
export function renderRuns(runs: readonly Run[], columns: readonly RunColumn[], screen: Screen): string {
  if (runs.length === 0) return "No runs.";
  const rows = runs.map((run) => [
    run.runId,
    run.tags[PARENT_TAG] === undefined ? run.runName : `  ${run.runName}`,
    run.lifecycleStage === "deleted" ? `${run.status} (deleted)` : run.status,
    formatTime(run.startTime),
    ...columns.map((column) => formatValue(column.value(run))),
  ]);
  const own = columns.map(({ name }, i) =>
    rows.every((row) => /^[\d.e+-]*$/.test(row[4 + i] ?? "")) ? whole(name, 3 + i) : cut(name, 3 + i),
  );
  const head = [whole("run"), cut("name", 0), whole("status", 1), whole("started", 2), ...own];
  return plainTable(head, rows, screen, { elsewhere: "choose with --columns, or see --json" });
}

/** A value for a table: numbers with four digits that count, long texts cut. */
export function formatValue(value: string | number | undefined): string {
  if (value === undefined) return "";
  if (typeof value === "number") return String(Number(value.toPrecision(4)));
  const line = value.replace(/\s+/g, " ");
  return line.length > LONGEST ? `${line.slice(0, LONGEST - 1)}…` : line;
}
