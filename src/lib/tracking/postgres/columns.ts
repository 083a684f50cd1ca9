import type { RunStatus } from "../records.js";
import type { Connection } from "../sql/connection.js";
import { fromWhole } from "../sql/keyed-values.js";
import type { RunConditions } from "../sql/run-search.js";
import { toDouble } from "../sql/views/run-rows.js";
import { scopeConditions } from "../sql/views/scope.js";
import type { ViewCache } from "../sql/views/view-cache.js";
import { searchedTexts } from "../sql/views/words.js";
import type { ColumnSummary, MetricColumn, RunScope, TextColumn } from "../store-views.js";

const MOST_VALUES = 20;
const SHOWN_TAGS = ["mlflow.source.name", "mlflow.user"];

/** The runs of a scope, as a table of a statement. */
interface Picked {
  text: string;
  values: RunConditions["where"]["values"];
}

/** What the runs of a scope have: their states, and of each metric, param and tag how many have it and with which values. */
export async function describeColumns(db: Connection, cache: ViewCache, scope: RunScope): Promise<ColumnSummary> {
  const { joins, where } = await scopeConditions(scope, () => searchedTexts(db, cache));
  const picked: Picked = {
    text: `WITH picked AS MATERIALIZED (SELECT r.run_uuid, r.status FROM runs r ${joins.text} WHERE ${where.text})`,
    values: [...joins.values, ...where.values],
  };
  const states = await db.rows<[status: RunStatus, runs: number]>(
    `${picked.text} SELECT status, count(*) FROM picked GROUP BY status`,
    ...picked.values,
  );
  return {
    total: states.reduce((sum, [, runs]) => sum + runs, 0),
    statuses: Object.fromEntries(states),
    metrics: await metricColumns(db, picked),
    params: await textColumns(db, picked, "params"),
    tags: await textColumns(db, picked, "tags"),
  };
}

async function metricColumns(db: Connection, picked: Picked): Promise<MetricColumn[]> {
  const value = "CASE WHEN m.is_nan THEN NULL ELSE m.value END";
  const rows = await db.rows<[key: string, runs: number, min: number | null, max: number | null]>(
    `${picked.text} SELECT m."key", count(*), min(${value}), max(${value}) FROM picked p JOIN latest_metrics m ON m.run_uuid = p.run_uuid
     GROUP BY m."key" ORDER BY m."key" COLLATE BINARY`,
    ...picked.values,
  );
  return rows.map(([key, runs, min, max]) => ({ key, runs, min: toDouble(min), max: toDouble(max) }));
}

async function textColumns(db: Connection, picked: Picked, table: "params" | "tags"): Promise<TextColumn[]> {
  const shown = table === "params" ? "" : `WHERE t."key" NOT LIKE 'mlflow.%' OR t."key" IN ('${SHOWN_TAGS.join("', '")}')`;
  const rows = await db.rows<[key: string, value: string, runs: number, distinct: number, all: number]>(
    `${picked.text}, counted AS (SELECT t."key", t.value, count(*) AS runs FROM picked p JOIN ${table} t ON t.run_uuid = p.run_uuid
       ${shown} GROUP BY 1, 2),
     placed AS (SELECT *, row_number() OVER (PARTITION BY "key" ORDER BY runs DESC, value COLLATE BINARY) AS place,
       count(*) OVER (PARTITION BY "key") AS kinds, sum(runs) OVER (PARTITION BY "key") AS total FROM counted)
     SELECT "key", json_quote(value), runs, kinds, total FROM placed WHERE place <= ${MOST_VALUES} ORDER BY "key" COLLATE BINARY, place`,
    ...picked.values,
  );
  const columns = new Map<string, TextColumn>();
  for (const [key, value, runs, distinct, all] of rows) {
    const column = columns.get(key) ?? { key, runs: all, distinct, values: [] };
    column.values.push({ value: fromWhole(value) ?? "", runs });
    columns.set(key, column);
  }
  return [...columns.values()];
}
