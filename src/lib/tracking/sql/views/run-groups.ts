import { keyed } from "../../keyed.js";
import { invalid } from "../../mlflow-error.js";
import { parseOrder } from "../../search/grammar.js";
import { GROUP_ORDER } from "../../search/grammars.js";
import type { GroupMetric, GroupRow, GroupRows, GroupsQuery } from "../../store-views.js";
import type { Connection } from "../connection.js";
import { fromWhole, IN_LIST, inList, whole } from "../keyed-values.js";
import type { Sql } from "../to-sql.js";
import { joinGroups } from "./grouping.js";
import { toDouble } from "./run-rows.js";
import { checkPlace, scopeConditions } from "./scope.js";
import type { ViewCache } from "./view-cache.js";
import { searchedTexts } from "./words.js";

const MOST_ROWS = 500;
const MOST_METRICS = 100;
/** By an index that has the values too, so that the table is not read. */
const VALUES = "latest_metrics m INDEXED BY llmops_latest_metric_values";
/** A last value that is finite: infinities are kept as the largest double. */
const FINITE = `CASE WHEN m.is_nan OR abs(m.value) >= ${Number.MAX_VALUE} THEN NULL ELSE m.value END`;
/** A sum of values near the largest double would be infinite; PostgreSQL computes both of these, whichever is taken. */
const MEAN = `CASE WHEN max(abs(${FINITE})) > 1e290 THEN sum((${FINITE}) * 1e-20) / count(${FINITE}) * 1e20
  ELSE sum(CASE WHEN abs(${FINITE}) <= 1e290 THEN ${FINITE} END) / count(${FINITE}) END`;

/** A group with what it is ordered by. */
interface Found {
  value: string | null;
  runs: number;
  mean: number | null;
}

/** A part of the groups of a scope's runs, in an order, and how many there are. */
export async function queryGroups(db: Connection, cache: ViewCache, query: GroupsQuery): Promise<GroupRows> {
  const { by, metrics, orderBy, offset, limit, ...scope } = query;
  checkPlace(query, MOST_ROWS);
  if (metrics.length > MOST_METRICS) throw invalid(`At most ${MOST_METRICS} metrics are summarized at once. Got ${metrics.length}.`);
  const [term] = parseOrder(orderBy === undefined ? [] : [orderBy], GROUP_ORDER);
  const { joins, where } = await scopeConditions(scope, () => searchedTexts(db, cache));
  const groups = joinGroups(by);
  const members: Sql = {
    text: `WITH members AS MATERIALIZED (SELECT r.run_uuid, g.value FROM runs r ${joins.text} ${groups.text} WHERE ${where.text})`,
    values: [...joins.values, ...groups.values, ...where.values],
  };
  const metric = term?.namespace === "metric" ? term.key : undefined;
  const found = await cache.get(`groups ${JSON.stringify([scope, by, metric])}`, () => findGroups(db, members, metric));
  const ordered = found.toSorted(orderOf(term?.key ?? "value", metric !== undefined, term?.ascending ?? true));
  const page = ordered.slice(offset, offset + limit);
  const summaries = await summarize(db, members, page, metrics);
  const rows = page.map(({ value, runs }): GroupRow => ({ value, runs, metrics: summaries.get(value) ?? keyed([]) }));
  return { total: found.length, rows };
}

async function findGroups(db: Connection, members: Sql, metric: string | undefined): Promise<Found[]> {
  const values = metric === undefined ? "NULL" : MEAN;
  const joined = metric === undefined ? "" : `LEFT JOIN ${VALUES} ON m.run_uuid = v.run_uuid AND m."key" = ?`;
  const rows = await db.rows<[value: string, runs: number, mean: number | null]>(
    `${members.text} SELECT ${whole("v.value")}, count(*), ${values} FROM members v ${joined} GROUP BY v.value`,
    ...[...members.values, ...(metric === undefined ? [] : [metric])],
  );
  return rows.map(([value, runs, mean]) => ({ value: fromWhole(value), runs, mean }));
}

async function summarize(
  db: Connection,
  members: Sql,
  page: readonly Found[],
  metrics: readonly string[],
): Promise<Map<string | null, Record<string, GroupMetric>>> {
  if (page.length === 0 || metrics.length === 0) return new Map();
  const values = page.flatMap(({ value }) => value ?? []);
  const hasOthers = page.some(({ value }) => value === null);
  type Row = [value: string, key: string, runs: number, mean: number | null, min: number | null, max: number | null];
  const rows = await db.rows<Row>(
    `${members.text} SELECT ${whole("v.value")}, m."key", count(${FINITE}), ${MEAN}, min(${FINITE}), max(${FINITE})
     FROM members v CROSS JOIN json_each(?) k CROSS JOIN ${VALUES} ON m.run_uuid = v.run_uuid AND m."key" = k.value
     WHERE (v.value IN ${IN_LIST} OR v.value IS NULL AND ${hasOthers ? "TRUE" : "FALSE"}) GROUP BY v.value, m."key"`,
    ...[...members.values, inList([...new Set(metrics)]), inList(values)],
  );
  const found = new Map<string | null, Record<string, GroupMetric>>();
  for (const [written, key, runs, mean, min, max] of rows) {
    const value = fromWhole(written);
    const own = found.get(value) ?? keyed([]);
    own[key] = { runs, mean: toDouble(mean), min: toDouble(min), max: toDouble(max) };
    found.set(value, own);
  }
  return found;
}

/** What is not there comes last in both directions; among equals, values in their own order. */
function orderOf(name: string, isMetric: boolean, ascending: boolean): (a: Found, b: Found) => number {
  const sign = ascending ? 1 : -1;
  if (isMetric) return (a, b) => compareKnown(a.mean, b.mean, (x, y) => sign * (x - y)) || compareValues(a.value, b.value, 1);
  if (name === "runs") return (a, b) => sign * (a.runs - b.runs) || compareValues(a.value, b.value, 1);
  return (a, b) => compareValues(a.value, b.value, sign);
}

function compareValues(a: string | null, b: string | null, sign: number): number {
  return compareKnown(a, b, (x, y) => sign * compareTexts(x, y));
}

function compareKnown<T>(a: T | null, b: T | null, compare: (a: T, b: T) => number): number {
  if (a === null || b === null) return Number(a === null) - Number(b === null);
  return compare(a, b);
}

/** Numbers by size, before other texts. */
function compareTexts(a: string, b: string): number {
  const [x, y] = [a, b].map((text) => (text.trim() === "" ? Number.NaN : Number(text))) as [number, number];
  if (Number.isNaN(x) !== Number.isNaN(y)) return Number(Number.isNaN(x)) - Number(Number.isNaN(y));
  if (x !== y && !Number.isNaN(x)) return x - y;
  return a < b ? -1 : Number(a > b);
}
