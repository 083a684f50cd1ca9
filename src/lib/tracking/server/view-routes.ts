import { invalid } from "../mlflow-error.js";
import type { ViewType } from "../records.js";
import type { ColumnSummary, RunRow, RunScope } from "../store-views.js";
import type { TrackingBackend } from "../tracking-backend.js";
import { toWireNumber, type WireNumber } from "../wire/values.js";
import type { Routes } from "./api.js";
import type { Fields } from "./fields.js";
import { overviewRoutes } from "./overview-routes.js";
import { traceViewRoutes } from "./trace-view-routes.js";

const VIEW_TYPES = ["ACTIVE_ONLY", "DELETED_ONLY", "ALL"] as const satisfies ViewType[];
const PAGE_ROWS = 100;

/** What the web application shows: the store at a glance, runs as tables by place, and what there is to filter. */
export function viewRoutes(backend: TrackingBackend): Routes {
  const { views } = backend;
  return {
    ...overviewRoutes(backend),
    ...traceViewRoutes(backend),
    "POST llmops/1/runs/query": async (fields) => {
      const [offset, limit] = [fields.integer("offset") ?? 0, fields.integer("limit") ?? PAGE_ROWS];
      const { total, rows } = await views.queryRuns({ ...readScope(fields), orderBy: fields.texts("order_by"), offset, limit });
      return { total, offset, runs: rows.map(rowToWire) };
    },
    "POST llmops/1/runs/columns": async (fields) => columnsToWire(await views.describeColumns(readScope(fields))),
  };
}

function readScope(fields: Fields): RunScope {
  const parent = fields.text("parent");
  if (parent === "") throw invalid("Invalid value \"\" for parameter 'parent' supplied: it must be roots or the id of a run.");
  return {
    experimentIds: fields.texts("experiment_ids"),
    filter: fields.text("filter"),
    words: fields.text("words"),
    viewType: fields.choice("run_view_type", VIEW_TYPES),
    parent: parent === undefined || parent === "roots" ? parent : { runId: parent },
  };
}

function rowToWire(row: RunRow): object {
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
    metrics: Object.fromEntries(
      Object.entries(row.metrics).map(([key, { step, points, ...metric }]) => [
        key,
        { last: toWireNumber(metric.last), min: toWireNumber(metric.min), max: toWireNumber(metric.max), step, points },
      ]),
    ),
    tags: row.tags,
  };
}

function columnsToWire({ metrics, ...columns }: ColumnSummary): object {
  const ends = ({ min, max }: { min: number; max: number }): { min: WireNumber; max: WireNumber } => ({
    min: toWireNumber(min),
    max: toWireNumber(max),
  });
  return { ...columns, metrics: metrics.map(({ key, runs, ...extremes }) => ({ key, runs, ...ends(extremes) })) };
}
