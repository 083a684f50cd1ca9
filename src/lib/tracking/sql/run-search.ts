import type { Page, RunQuery } from "../records.js";
import { parseFilter, parseOrder, type Clause, type OrderTerm } from "../search/grammar.js";
import { RUN_FILTER, RUN_ORDER } from "../search/grammars.js";
import { checkMaxResults, parsePageToken, toPageToken } from "../search/page-token.js";
import { allOf, compare, keyedValue, type Sql } from "./to-sql.js";
import type { Connection } from "./connection.js";
import { stageIs, toNumber } from "./experiments.js";
import { IN_LIST, inList } from "./keyed-values.js";

type RunClause = Clause<keyof typeof RUN_FILTER>;

/** What runs are ordered by; `extreme` takes the least or greatest value a metric ever had in place of its latest. */
export type RunOrder = OrderTerm<keyof typeof RUN_ORDER> & { extreme?: "min" | "max" };

/** Runs by conditions, and the tables these need beside `runs r`. */
export interface RunConditions {
  joins: Sql;
  where: Sql;
}

const MAX_RESULTS = 50_000;
/** How many runs are looked at first for each that is wanted, and up to how many that pays. */
const CANDIDATES_PER_RESULT = 4;
const MOST_CANDIDATES = 4000;
const COLUMNS: Record<string, string> = { run_id: "r.run_uuid", run_name: "r.name" };

/**
 * The ids of the runs a query finds, a page at a time. As in MLflow a full page has a token, also the
 * last one; missing values sort last in both directions, NaN before them.
 */
export async function searchRunIds(db: Connection, query: RunQuery): Promise<Page<string>> {
  checkMaxResults(query.maxResults, MAX_RESULTS);
  const offset = parsePageToken(query.pageToken);
  const conditions = runConditions(query.filter, [
    inExperiments(query.experimentIds),
    stageIs("r.lifecycle_stage", query.viewType ?? "ACTIVE_ONLY"),
  ]);
  const items = await findRunIds(db, conditions, parseOrder(query.orderBy, RUN_ORDER), { limit: query.maxResults, offset });
  return items.length < query.maxResults ? { items } : { items, nextPageToken: toPageToken(offset + items.length) };
}

/** A part of the runs that meet the conditions, in an order. */
export async function findRunIds(
  db: Connection,
  { joins, where }: RunConditions,
  terms: readonly RunOrder[],
  { limit, offset }: { limit: number; offset: number },
): Promise<string[]> {
  const order = orderRuns(terms);
  const find = (runs: string, conditions: Sql) =>
    db.all<{ id: string }>(
      `SELECT r.run_uuid AS id FROM runs r ${runs} ${joins.text} ${order.joins.text} WHERE ${conditions.text} ORDER BY ${order.text} LIMIT ? OFFSET ?`,
      ...[...joins.values, ...order.joins.values, ...conditions.values, limit, offset],
    );
  const front = await amongTheFirst(db, terms[0], CANDIDATES_PER_RESULT * (offset + limit));
  let rows = front ? await find("INDEXED BY llmops_runs_by_id", allOf([front, where])) : [];
  if (rows.length < limit) rows = await find("", where);
  return rows.map(({ id }) => id);
}

/** A filter of MLflow's grammar, and further conditions. Throws INVALID_PARAMETER_VALUE for a filter that is wrong. */
export function runConditions(filter: string | undefined, further: readonly Sql[]): RunConditions {
  const clauses = parseFilter(filter, RUN_FILTER);
  const { joins, filters } = joinMetrics(clauses.filter((clause) => clause.namespace === "metric"));
  const others = clauses.filter((clause) => clause.namespace !== "metric").map(toSql);
  return { joins, where: allOf([...further, ...others, ...filters]) };
}

/**
 * A condition that keeps the runs among the first so many of all by the metric a search is ordered by, ties
 * included, or nothing where an index cannot tell. When these fill the page, no other run has a place on it.
 */
async function amongTheFirst(db: Connection, term: RunOrder | undefined, count: number): Promise<Sql | undefined> {
  if (term?.namespace !== "metric" || term.extreme || count > MOST_CANDIDATES) return undefined;
  const ordered = 'FROM latest_metrics INDEXED BY llmops_latest_metric_order WHERE "key" = ? AND is_nan = FALSE';
  const direction = term.ascending ? "ASC" : "DESC";
  const last = await db.get<{ value: number }>(`SELECT value ${ordered} ORDER BY value ${direction} LIMIT 1 OFFSET ?`, term.key, count - 1);
  if (!last) return undefined;
  return {
    text: `r.run_uuid IN (SELECT run_uuid ${ordered} AND value ${term.ascending ? "<=" : ">="} ?)`,
    values: [term.key, last.value],
  };
}

/** Runs of these experiments. One alone is compared directly: then an index gives the order too. */
export function inExperiments(experimentIds: readonly string[]): Sql {
  const [first, ...others] = experimentIds.map(toNumber);
  if (first !== undefined && others.length === 0) return { text: "r.experiment_id = ?", values: [first] };
  return { text: `r.experiment_id IN ${IN_LIST}`, values: [inList(experimentIds.map(toNumber))] };
}

/** Joins the latest value of every metric a filter names: a run without it is not found. */
function joinMetrics(clauses: readonly RunClause[]): { joins: Sql; filters: Sql[] } {
  const keys = [...new Set(clauses.map(({ key }) => key))];
  const joins = keys.map((_, index) => `JOIN latest_metrics f${index} INDEXED BY llmops_latest_metric_values ON ${ownedBy(`f${index}`)}`);
  const filters = clauses.map(({ key, comparator, value }) => compare(`f${keys.indexOf(key)}.value`, comparator, value));
  return { joins: { text: joins.join(" "), values: keys }, filters };
}

function ownedBy(alias: string): string {
  return `${alias}.run_uuid = r.run_uuid AND ${alias}."key" = ?`;
}

function toSql(clause: RunClause): Sql {
  if (clause.namespace === "param") return keyedValue({ table: "params", owner: "run_uuid" }, "r.run_uuid", clause);
  if (clause.namespace === "tag") return keyedValue({ table: "tags", owner: "run_uuid" }, "r.run_uuid", clause);
  if (clause.namespace === "dataset") return datasetSql(clause);
  return compare(COLUMNS[clause.key] ?? `r.${clause.key}`, clause.comparator, clause.value);
}

function datasetSql({ key, comparator, value }: RunClause): Sql {
  const test = compare(key === "context" ? "t.value" : `d.${key}`, comparator, value);
  const tags = key === "context" ? "JOIN input_tags t ON t.input_uuid = i.input_uuid AND t.name = 'mlflow.data.context'" : "";
  return {
    text: `EXISTS (SELECT 1 FROM inputs i JOIN datasets d ON d.dataset_uuid = i.source_id ${tags}
      WHERE i.source_type = 'DATASET' AND i.destination_type = 'RUN' AND i.destination_id = r.run_uuid AND ${test.text})`,
    values: test.values,
  };
}

/** An order as SQL, with the tables it needs: ties are the newest first. */
export function orderRuns(terms: readonly RunOrder[]): { text: string; joins: Sql } {
  const joins: Sql = { text: "", values: [] };
  const parts = terms.flatMap(({ namespace, key, ascending, extreme }, index) => {
    const direction = ascending ? "ASC" : "DESC";
    if (namespace === "attribute") return orderColumn(COLUMNS[key] ?? `r.${key}`, direction);
    const alias = `o${index}`;
    joins.text += extreme ? joinExtreme(extreme, alias) : joinValues(namespace, alias);
    joins.values.push(key);
    const nan = namespace === "metric" ? [`${alias}.is_nan`] : [];
    const collation = namespace === "metric" ? "" : " COLLATE BINARY";
    return [`${alias}.run_uuid IS NULL`, ...nan, `${alias}.value${collation} ${direction}`];
  });
  const byStart = terms.some(({ namespace, key }) => namespace === "attribute" && key === "start_time");
  return { text: [...parts, ...(byStart ? [] : ["r.start_time DESC"]), "r.run_uuid ASC"].join(", "), joins };
}

function joinValues(namespace: "metric" | "param" | "tag", alias: string): string {
  const table = { metric: "latest_metrics", param: "params", tag: "tags" }[namespace];
  const hint = namespace === "metric" ? "INDEXED BY llmops_latest_metric_values" : "";
  return ` LEFT JOIN ${table} ${alias} ${hint} ON ${ownedBy(alias)}`;
}

/** The least or greatest point of a metric's history, NaN aside. */
function joinExtreme(extreme: "min" | "max", alias: string): string {
  return ` LEFT JOIN (SELECT run_uuid, ${extreme}(value) AS value, FALSE AS is_nan FROM metrics WHERE "key" = ? AND is_nan = FALSE GROUP BY run_uuid)
    ${alias} ON ${alias}.run_uuid = r.run_uuid`;
}

/** Only a run's end can be missing: where nothing can, an index gives the order. */
function orderColumn(column: string, direction: string): string[] {
  return column === "r.end_time" ? ["r.end_time IS NULL", `r.end_time ${direction}`] : [`${column} ${direction}`];
}
