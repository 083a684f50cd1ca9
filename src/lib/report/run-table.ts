import type { ChalkInstance } from "chalk";
import { formatDuration } from "../config/duration.js";
import type { FileInfo, Run } from "../tracking/records.js";
import { formatTime, plainTable } from "./plain-table.js";
import { formatValue } from "./runs-table.js";

/** A run for a terminal: one table for each kind of thing it has. */
export function renderRun(run: Run, files: readonly FileInfo[], chalk: ChalkInstance): string {
  const took = run.endTime === null ? "" : `, took ${formatDuration(run.endTime - run.startTime)}`;
  const head = [
    `${chalk.bold(run.runName)}  ${run.runId}`,
    `${run.status}, started ${formatTime(run.startTime)}${took}, experiment ${run.experimentId}, by ${run.tags["mlflow.user"] ?? (run.userId || "nobody")}`,
  ];
  const metrics = run.metrics.map(({ key, value, step }) => [key, formatValue(value), String(step)]);
  const datasets = run.datasets.map(({ name, digest, tags }) => [name, digest, tags["mlflow.data.context"] ?? ""]);
  const artifacts = files.map(({ path, isFolder, sizeBytes }) => [isFolder ? `${path}/` : path, isFolder ? "" : `${sizeBytes}`]);
  const tables = [
    table(["metric", "latest", "step"], metrics, chalk),
    table(["param", "value"], pairs(run.params), chalk),
    table(["tag", "value"], pairs(run.tags), chalk),
    table(["dataset", "digest", "context"], datasets, chalk),
    table(["artifact", "bytes"], artifacts, chalk),
  ];
  return [...head, ...tables.filter((text) => text !== "")].join("\n");
}

function pairs(values: Readonly<Record<string, string>>): string[][] {
  return Object.entries(values).map(([key, value]) => [key, formatValue(value)]);
}

function table(head: readonly string[], rows: readonly (readonly string[])[], chalk: ChalkInstance): string {
  return rows.length === 0 ? "" : plainTable(head, rows, chalk);
}
