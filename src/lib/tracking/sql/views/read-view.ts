import type { ColumnSummary, GroupsQuery, MetricSeriesQuery, RunRowsQuery, RunScope } from "../../store-views.js";
import type { TraceRowsQuery } from "../../trace-views.js";
import { columnsToWire, groupsToWire, runsToWire, tracesToWire } from "../../wire/views.js";
import type { Connection } from "../connection.js";
import { readSeries } from "./metric-series.js";
import { queryRuns } from "./query-runs.js";
import { queryTraces } from "./query-traces.js";
import { queryGroups } from "./run-groups.js";
import type { ViewCache } from "./view-cache.js";

/** A question about a store. */
export type ViewTask =
  | { kind: "rows"; query: RunRowsQuery }
  | { kind: "columns"; scope: RunScope }
  | { kind: "groups"; query: GroupsQuery }
  | { kind: "traces"; query: TraceRowsQuery }
  | { kind: "series"; query: MetricSeriesQuery };

/** What the runs of a scope have: each database has its own way to count them soon. */
export type DescribeColumns = (db: Connection, cache: ViewCache, scope: RunScope) => Promise<ColumnSummary>;

/** The document that answers a question, as it is sent. Throws INVALID_PARAMETER_VALUE for a question that is wrong. */
export async function readView(db: Connection, cache: ViewCache, task: ViewTask, describeColumns: DescribeColumns): Promise<object> {
  if (task.kind === "series") return { series: await readSeries(db, task.query) };
  if (task.kind === "columns") return columnsToWire(await describeColumns(db, cache, task.scope));
  if (task.kind === "groups") return groupsToWire(await queryGroups(db, cache, task.query), task.query.offset);
  if (task.kind === "traces") return tracesToWire(await queryTraces(db, cache, task.query), task.query.offset);
  const rows = await queryRuns(db, cache, task.query);
  return runsToWire(rows, task.query.offset, cache.isCurrent);
}
