import type { ReactElement } from "react";
import type { RunRow } from "../../api/documents.js";
import { formatCounts, formatMetric, formatNumber } from "../../format/numbers.js";
import { formatAgo, formatDuration, formatTime } from "../../format/times.js";
import { Status } from "../../parts/status.js";
import { intervalOf, type Column } from "./columns.js";

/** What a run has in a column. Texts are cut by the column's width; the title has them in full. */
export function RunCell({ run, column }: { run: RunRow; column: Column }): ReactElement {
  if (column.kind === "metric") return <MetricCell run={run} column={column} />;
  if (column.kind === "attribute") return <AttributeCell run={run} name={column.key} />;
  const value = (column.kind === "param" ? run.params : run.tags)[column.key];
  return value === undefined ? <Missing /> : <Text value={value} />;
}

/** A cell's plain text, as it is saved: numbers unrounded, times as ISO. */
export function cellText(run: RunRow, column: Column): string | number | null {
  if (column.kind === "metric") return run.metrics[column.key]?.[column.of] ?? null;
  if (column.kind === "param") return run.params[column.key] ?? null;
  if (column.kind === "tag") return run.tags[column.key] ?? null;
  return attributeText(run, column.key);
}

function attributeText(run: RunRow, key: string): string | number | null {
  if (key === "duration") return run.end_time === null ? null : durationOf(run);
  if (key === "start_time") return run.start_time === null ? null : new Date(run.start_time).toISOString();
  return run[key as "status" | "user_id" | "experiment_id" | "run_id"];
}

function MetricCell({ run, column }: { run: RunRow; column: Column & { kind: "metric" } }): ReactElement {
  const metric = run.metrics[column.key];
  if (!metric) return <Missing />;
  const interval = column.of === "last" ? intervalOf(run.metrics, column.key) : undefined;
  const value = metric[column.of];
  const ends = interval && `[${interval.map((end) => formatMetric(column.key, end)).join(", ")}]`;
  const points = metric.points > 1 ? ` · ${formatNumber(metric.points)} points, min ${metric.min}, max ${metric.max}` : "";
  return (
    <span className="cell-number" title={`${value}${ends === undefined ? "" : ` ${ends}`}${points}`}>
      {formatMetric(column.key, value)}
      {ends !== undefined && <small> {ends}</small>}
    </span>
  );
}

function AttributeCell({ run, name }: { run: RunRow; name: string }): ReactElement {
  switch (name) {
    case "status":
      return run.status === "RUNNING" ? <Running run={run} /> : <Status status={run.status} />;
    case "start_time":
      return <span title={formatTime(run.start_time)}>{formatAgo(run.start_time)}</span>;
    case "duration":
      return <span className="cell-number">{formatDuration(durationOf(run))}</span>;
    default:
      return <Text value={run[name as "user_id" | "experiment_id" | "run_id"]} />;
  }
}

function durationOf({ status, start_time, end_time }: RunRow): number | null {
  if (start_time === null) return null;
  if (end_time !== null) return end_time - start_time;
  return status === "RUNNING" ? Date.now() - start_time : null;
}

function Running({ run }: { run: RunRow }): ReactElement {
  const progress = Number(run.tags["llmops.progress"]);
  if (!Number.isFinite(progress)) return <Status status="RUNNING" />;
  const cells = run.tags["llmops.cells"];
  return (
    <span className="cell-progress" title={cells === undefined ? "" : `${formatCounts(cells)} cells`}>
      <span className="meter">
        <span style={{ width: `${Math.min(100, progress * 100)}%` }} />
      </span>
      {Math.floor(progress * 100)} %
    </span>
  );
}

function Text({ value }: { value: string }): ReactElement {
  return (
    <span title={value} dir="auto">
      {value === "" ? <i>empty</i> : value.slice(0, 300)}
    </span>
  );
}

function Missing(): ReactElement {
  return <span className="missing">–</span>;
}
