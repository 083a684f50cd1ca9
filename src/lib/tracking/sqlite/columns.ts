import type { ColumnSummary, MetricColumn, RunScope, TextColumn } from "../store-views.js";
import type { RunStatus } from "../records.js";
import type { Connection } from "../sql/connection.js";
import type { RunConditions } from "../sql/run-search.js";
import { fromWhole, whole } from "../sql/keyed-values.js";
import { keysOf } from "../sql/views/keys-of.js";
import { toDouble } from "../sql/views/run-rows.js";
import { scopeConditions } from "../sql/views/scope.js";
import type { ViewCache } from "../sql/views/view-cache.js";
import { searchedTexts } from "../sql/views/words.js";

const MOST_VALUES = 20;
/** Where the runs of a scope are fewer than one in so many, their values are read by run, not by key. */
const FEW = 10;
/** Where runs outside the scope are fewer than one in so many, their values are counted and taken from those of all. */
const NEARLY_ALL = 5;
const SHOWN_TAGS = new Set(["mlflow.source.name", "mlflow.user"]);

/** How a scope relates to all runs of the store. */
interface Share {
  picked: number;
  all: number;
}

/** What the runs of a scope have: their states, and of each metric, param and tag how many have it and with which values. */
export async function describeColumns(db: Connection, cache: ViewCache, scope: RunScope): Promise<ColumnSummary> {
  const share = await pick(db, await scopeConditions(scope, () => searchedTexts(db, cache)));
  const rows = await db.rows<[status: RunStatus, runs: number]>(
    "SELECT r.status, count(*) FROM picked p CROSS JOIN runs r ON r.run_uuid = p.run_uuid GROUP BY r.status",
  );
  return {
    total: share.picked,
    statuses: Object.fromEntries(rows),
    metrics: await metricColumns(db, share),
    params: await textColumns(db, "params", share),
    tags: await textColumns(db, "tags", share),
  };
}

/** Keeps the ids of the scope's runs in a table of this connection. */
async function pick(db: Connection, { joins, where }: RunConditions): Promise<Share> {
  await db.run("CREATE TEMP TABLE IF NOT EXISTS picked (run_uuid TEXT PRIMARY KEY) WITHOUT ROWID");
  await db.run("DELETE FROM picked");
  const picked = await db.run(
    `INSERT INTO picked SELECT r.run_uuid FROM runs r ${joins.text} WHERE ${where.text} ORDER BY r.run_uuid`,
    ...[...joins.values, ...where.values],
  );
  return { picked, all: (await db.get<{ n: number }>("SELECT count(*) AS n FROM runs"))?.n ?? picked };
}

async function metricColumns(db: Connection, share: Share): Promise<MetricColumn[]> {
  if (share.picked === 0) return [];
  const others = share.all - share.picked;
  if (others * NEARLY_ALL < share.picked) return columnsOfNearlyAll(db, others);
  const values = 'm."key", count(*), min(iif(m.is_nan, NULL, m.value)), max(iif(m.is_nan, NULL, m.value))';
  const source =
    share.picked * FEW < share.all
      ? "picked p CROSS JOIN latest_metrics m ON m.run_uuid = p.run_uuid"
      : "latest_metrics m INDEXED BY llmops_latest_metric_values WHERE m.run_uuid IN picked";
  const rows = await db.rows<[key: string, runs: number, min: number | null, max: number | null]>(
    `SELECT ${values} FROM ${source} GROUP BY m."key" ORDER BY m."key"`,
  );
  return rows.map(([key, runs, min, max]) => ({ key, runs, min: toDouble(min), max: toDouble(max) }));
}

async function columnsOfNearlyAll(db: Connection, others: number): Promise<MetricColumn[]> {
  type Count = [key: string, runs: number];
  const all = await db.rows<Count>('SELECT "key", count(*) FROM latest_metrics INDEXED BY llmops_latest_metric_values GROUP BY "key"');
  const outside =
    others === 0
      ? []
      : await db.rows<Count>(
          `SELECT m."key", count(*) FROM (SELECT run_uuid FROM runs WHERE run_uuid NOT IN picked) o
     CROSS JOIN latest_metrics m ON m.run_uuid = o.run_uuid GROUP BY m."key"`,
        );
  const without = new Map(outside);
  const end = async (key: string, direction: "ASC" | "DESC") =>
    toDouble(
      (
        await db.get<{ value: number }>(
          `SELECT value FROM latest_metrics INDEXED BY llmops_latest_metric_order WHERE "key" = ? AND is_nan = 0 AND run_uuid IN picked
         ORDER BY value ${direction} LIMIT 1`,
          key,
        )
      )?.value ?? null,
    );
  const columns: MetricColumn[] = [];
  for (const [key, count] of all) {
    const runs = count - (without.get(key) ?? 0);
    if (runs > 0) columns.push({ key, runs, min: await end(key, "ASC"), max: await end(key, "DESC") });
  }
  return columns;
}

type ValueRow = [key: string, value: string, runs: number, distinct: number, all: number];

async function textColumns(db: Connection, table: "params" | "tags", share: Share): Promise<TextColumn[]> {
  if (share.picked === 0) return [];
  const isShown = (key: string) => table === "params" || !key.startsWith("mlflow.") || SHOWN_TAGS.has(key);
  const rows: ValueRow[] = [];
  if (share.picked * FEW < share.all) rows.push(...(await valuesByRun(db, table)));
  else for (const key of (await keysOf(db, table)).filter(isShown)) rows.push(...(await valuesOf(db, table, key, share)));
  const columns = new Map<string, TextColumn>();
  for (const [key, value, runs, distinct, all] of rows) {
    if (!isShown(key)) continue;
    const column = columns.get(key) ?? { key, runs: all, distinct, values: [] };
    column.values.push({ value: fromWhole(value) ?? "", runs });
    columns.set(key, column);
  }
  return [...columns.values()];
}

async function valuesByRun(db: Connection, table: string): Promise<ValueRow[]> {
  return db.rows<ValueRow>(
    `WITH counted AS (SELECT t."key", t.value, count(*) AS runs FROM picked p CROSS JOIN ${table} t ON t.run_uuid = p.run_uuid GROUP BY 1, 2),
     placed AS (SELECT *, row_number() OVER (PARTITION BY "key" ORDER BY runs DESC, value) AS place,
       count(*) OVER (PARTITION BY "key") AS kinds, sum(runs) OVER (PARTITION BY "key") AS total FROM counted)
     SELECT "key", ${whole("value")}, runs, kinds, total FROM placed WHERE place <= ${MOST_VALUES} ORDER BY "key", place`,
  );
}

async function valuesOf(db: Connection, table: "params" | "tags", key: string, { picked, all }: Share): Promise<ValueRow[]> {
  const index = { params: "llmops_param_values", tags: "llmops_tag_values" }[table];
  return db.rows<ValueRow>(
    `WITH counted AS MATERIALIZED (SELECT value, count(*) AS runs FROM ${table} INDEXED BY ${index} WHERE "key" = ?
       ${picked === all ? "" : "AND run_uuid IN picked"} GROUP BY value)
     SELECT ?, ${whole("value")}, runs, (SELECT count(*) FROM counted), (SELECT sum(runs) FROM counted) FROM counted
     ORDER BY runs DESC, value LIMIT ${MOST_VALUES}`,
    ...[key, key],
  );
}
