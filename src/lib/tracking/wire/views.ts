import { keyed } from "../keyed.js";
import type { ColumnSummary, GroupRows, RunRow, RunRows, RunRowsQuery, StoreViews, TextColumn } from "../store-views.js";
import type { TraceRow, TraceRows } from "../trace-views.js";
import { toWireNumber, type WireNumber } from "./values.js";

/** Documents of llmops/1/runs/...: what the web application asks of runs. */
export interface RunsDocument {
  /** Whether it is of the store as it is; a part that takes long to find out, such as the total, may be some seconds old. */
  is_current: boolean;
  total: number;
  offset: number;
  runs: WireRow[];
}

export interface WireRow {
  run_id: string;
  run_name: string;
  experiment_id: string;
  status: RunRow["status"];
  lifecycle_stage: RunRow["lifecycleStage"];
  start_time: number;
  end_time: number | null;
  user_id: string;
  parent_run_id: string | null;
  children: number;
  params: Record<string, string>;
  /** The last value alone where no more was asked for. */
  metrics: Record<string, WireSummary>;
  tags: Record<string, string>;
}

export interface WireSummary {
  last: WireNumber;
  min?: WireNumber;
  max?: WireNumber;
  step?: number;
  points?: number;
}

export interface ColumnsDocument {
  is_current: boolean;
  total: number;
  statuses: ColumnSummary["statuses"];
  metrics: { key: string; runs: number; min: WireNumber; max: WireNumber }[];
  params: TextColumn[];
  tags: TextColumn[];
}

export interface GroupsDocument {
  is_current: boolean;
  total: number;
  offset: number;
  groups: {
    value: string | null;
    runs: number;
    metrics: Record<string, { runs: number; mean: WireNumber; min: WireNumber; max: WireNumber }>;
  }[];
}

export interface TracesDocument extends Pick<TraceRows, "total" | "states"> {
  offset: number;
  traces: WireTraceRow[];
}

export interface WireTraceRow extends Pick<TraceRow, "name" | "state"> {
  trace_id: string;
  experiment_id: string;
  request_time: number;
  duration_ms: number | null;
  request: string | null;
  response: string | null;
  run_ids: string[];
  assessments: (Omit<TraceRow["assessments"][number], "sourceType"> & { source_type: string })[];
}

/** The runs of a query, as what does not pass them on reads them. Throws as the query does. */
export async function findRuns(views: Pick<StoreViews, "queryRuns">, query: RunRowsQuery): Promise<RunsDocument> {
  return JSON.parse(Buffer.from(await views.queryRuns(query)).toString("utf8")) as RunsDocument;
}

/** A part of the runs, as its document; `offset` is the place of the first. */
export function runsToWire({ total, rows }: RunRows, offset: number, isCurrent: boolean): RunsDocument {
  return { is_current: isCurrent, total, offset, runs: rows.map(rowToWire) };
}

function rowToWire(row: RunRow): WireRow {
  const metrics = Object.entries(row.metrics).map(([key, { last, min, max, step, points }]): [string, WireSummary] => [
    key,
    {
      last: toWireNumber(last),
      ...(min !== undefined && max !== undefined && { min: toWireNumber(min), max: toWireNumber(max) }),
      ...(step !== undefined && { step }),
      ...(points !== undefined && { points }),
    },
  ]);
  return {
    run_id: row.runId,
    run_name: row.runName,
    experiment_id: row.experimentId,
    status: row.status,
    lifecycle_stage: row.lifecycleStage,
    start_time: row.startTime,
    end_time: row.endTime,
    user_id: row.userId,
    parent_run_id: row.parentRunId,
    children: row.children,
    params: row.params,
    metrics: keyed(metrics),
    tags: row.tags,
  };
}

/** What runs have, as its document: of the store as it is now. Whoever keeps it says later that it is not. */
export function columnsToWire({ metrics, ...columns }: ColumnSummary): ColumnsDocument {
  const numbers = metrics.map(({ key, runs, min, max }) => ({ key, runs, min: toWireNumber(min), max: toWireNumber(max) }));
  return { is_current: true, ...columns, metrics: numbers };
}

/** A part of the groups of runs, as its document: of the store as it is now. `offset` is the place of the first. */
export function groupsToWire({ total, rows }: GroupRows, offset: number): GroupsDocument {
  const groups = rows.map(({ metrics, ...row }) => ({
    ...row,
    metrics: keyed(
      Object.entries(metrics).map(([key, { runs, mean, min, max }]) => [
        key,
        { runs, mean: toWireNumber(mean), min: toWireNumber(min), max: toWireNumber(max) },
      ]),
    ),
  }));
  return { is_current: true, total, offset, groups };
}

/** A part of the traces, as its document; `offset` is the place of the first. */
export function tracesToWire({ rows, ...found }: TraceRows, offset: number): TracesDocument {
  return { ...found, offset, traces: rows.map(traceRowToWire) };
}

function traceRowToWire({ name, state, assessments, ...row }: TraceRow): WireTraceRow {
  return {
    ...{ trace_id: row.traceId, experiment_id: row.experimentId, name, state, request_time: row.requestTimeMs },
    ...{ duration_ms: row.durationMs, request: row.requestPreview, response: row.responsePreview, run_ids: row.runIds },
    assessments: assessments.map(({ sourceType, ...assessment }) => ({ ...assessment, source_type: sourceType })),
  };
}
