import { formatDuration } from "../base/config/duration.js";
import type { FileInfo, Run } from "../tracking/records.js";
import { wrapProse } from "./display-width.js";
import { cut } from "./fit-columns.js";
import { formatTime, plainTable } from "./plain-table.js";
import { formatValue } from "./runs-table.js";
import type { Screen } from "./screen.js";

/** A run for a terminal: one table for each kind of thing it has. */
export function renderRun(run: Run, files: readonly FileInfo[], screen: Screen): string {
  const { chalk, width } = screen;
  const took = run.endTime === null ? "" : `, took ${formatDuration(run.endTime - run.startTime)}`;
  const head = [
    `${chalk.bold(run.runName)}  ${run.runId}`,
    `${run.status}, started ${formatTime(run.startTime)}${took}, experiment ${run.experimentId}, by ${run.tags["mlflow.user"] ?? (run.userId || "nobody")}`,
  ];
  const metrics = run.metrics.map(({ key, value, step }) => [key, formatValue(value), String(step)]);
  const datasets = run.datasets.map(({ name, digest, tags }) => [name, digest, tags["mlflow.data.context"] ?? ""]);
  const artifacts = files.map(({ path, isFolder, sizeBytes }) => [isFolder ? `${path}/` : path, isFolder ? "" : `${sizeBytes}`]);
  const tables = [
    table(["metric", "latest", "step"], metrics, screen),
    table(["param", "value"], pairs(run.params), screen),
    table(["tag", "value"], pairs(run.tags), screen),
    table(["dataset", "digest", "context"], datasets, screen),
    table(["artifact", "bytes"], artifacts, screen),
  ];
  return [...head.map((line) => wrapProse(line, width)), ...tables.filter((text) => text !== "")].join("\n");
}

function pairs(values: Readonly<Record<string, string>>): string[][] {
  return Object.entries(values).map(([key, value]) => [key, formatValue(value)]);
}

function table(head: readonly string[], rows: readonly (readonly string[])[], screen: Screen): string {
  const columns = head.map((name, i) => cut(name, i < 2 ? 0 : i));
  return rows.length === 0 ? "" : plainTable(columns, rows, screen);
}
