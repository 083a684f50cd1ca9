import type { ColumnSummary, GroupRows, JsonBytes, MetricSummary, RunRow, RunRows } from "../../src/lib/tracking/store-views.js";
import { fromWireNumber } from "../../src/lib/tracking/wire/values.js";
import type { TraceRows } from "../../src/lib/tracking/trace-views.js";
import type {
  ColumnsDocument,
  GroupsDocument,
  RunsDocument,
  TracesDocument,
  WireRow,
  WireSummary,
} from "../../src/lib/tracking/wire/views.js";

/** The rows of a runs document, as the store has them. */
export function rowsIn(bytes: JsonBytes): RunRows {
  const { total, runs } = parse(bytes) as RunsDocument;
  return { total, rows: runs.map(rowFromWire) };
}

/** What a columns document says. */
export function columnsIn(bytes: JsonBytes): ColumnSummary {
  const { total, statuses, metrics, params, tags } = parse(bytes) as ColumnsDocument;
  const numbers = metrics.map(({ min, max, ...column }) => ({ ...column, min: fromWireNumber(min), max: fromWireNumber(max) }));
  return { total, statuses, metrics: numbers, params, tags };
}

/** The groups of a document of them. */
export function groupsIn(bytes: JsonBytes): GroupRows {
  const { total, groups } = parse(bytes) as GroupsDocument;
  const rows = groups.map(({ metrics, ...row }) => {
    const own = Object.entries(metrics).map(([key, { runs, mean, min, max }]) => {
      return [key, { runs, mean: fromWireNumber(mean), min: fromWireNumber(min), max: fromWireNumber(max) }] as const;
    });
    return { ...row, metrics: Object.fromEntries(own) };
  });
  return { total, rows };
}

/** The rows of a document of traces. */
export function tracesIn(bytes: JsonBytes): TraceRows {
  const { total, states, traces } = parse(bytes) as TracesDocument;
  const rows = traces.map(({ name, state, assessments, ...row }) => ({
    ...{ traceId: row.trace_id, experimentId: row.experiment_id, name, state, requestTimeMs: row.request_time },
    ...{ durationMs: row.duration_ms, requestPreview: row.request, responsePreview: row.response, runIds: row.run_ids },
    assessments: assessments.map(({ source_type, ...said }) => ({ ...said, sourceType: source_type })),
  }));
  return { total, states, rows };
}

/** Whether a document says it is of the store as it is. */
export function isCurrent(bytes: JsonBytes): boolean {
  return (parse(bytes) as RunsDocument | ColumnsDocument).is_current;
}

function parse(bytes: JsonBytes): unknown {
  return JSON.parse(Buffer.from(bytes).toString("utf8"));
}

function rowFromWire({ metrics, ...row }: WireRow): RunRow {
  return {
    ...{ runId: row.run_id, runName: row.run_name, experimentId: row.experiment_id, status: row.status, userId: row.user_id },
    ...{ lifecycleStage: row.lifecycle_stage, startTime: row.start_time, endTime: row.end_time, parentRunId: row.parent_run_id },
    ...{ children: row.children, params: row.params, tags: row.tags },
    metrics: Object.fromEntries(Object.entries(metrics).map(([key, summary]) => [key, summaryFromWire(summary)])),
  };
}

function summaryFromWire({ last, min, max, ...more }: WireSummary): MetricSummary {
  const ends = min === undefined || max === undefined ? {} : { min: fromWireNumber(min), max: fromWireNumber(max) };
  return { last: fromWireNumber(last), ...ends, ...more };
}
