import { RUN_ORDER } from "../../search/grammars.js";
import { parseOrder } from "../../search/grammar.js";
import type { RunRows, RunRowsQuery } from "../../store-views.js";
import type { Connection } from "../connection.js";
import { IN_LIST, inList } from "../keyed-values.js";
import { findRunIds, orderRuns, type RunConditions, type RunOrder } from "../run-search.js";
import { countScope } from "./count-scope.js";
import { readRunRows } from "./run-rows.js";
import { checkPlace, scopeConditions } from "./scope.js";
import type { ViewCache } from "./view-cache.js";
import { searchedTexts } from "./words.js";

/** What a row of runs is found by. */
type Place = string | number;

const MOST_ROWS = 500;
/** Of last values. */
const MOST_VALUES = 2000;
/** Rows of the first places are found by themselves; further down it pays to order all runs once and keep that. */
const FIRST_PLACES = 1000;
/** A number of runs, or an order of all of them, that took so long may be a little old. */
const SLOW_MS = 50;

/** A part of the runs of a scope, in an order, and how many there are. */
export async function queryRuns(db: Connection, cache: ViewCache, query: RunRowsQuery): Promise<RunRows> {
  const { orderBy = [], offset, limit, metrics, ...scope } = query;
  checkPlace(query, metrics === "last" ? MOST_VALUES : MOST_ROWS);
  const conditions = await scopeConditions(scope, () => searchedTexts(db, cache));
  const terms: RunOrder[] = [];
  for (const term of parseOrder(orderBy, RUN_ORDER)) terms.push(await withExtreme(db, term));
  const name = `order ${JSON.stringify([scope, orderBy])}`;
  // what has a word is found once, not once more to be counted
  const hasWords = (scope.words ?? "").trim() !== "";
  if (!hasWords && (offset === 0 || offset + limit <= FIRST_PLACES) && !cache.has(name)) {
    const ids = await cache.get(`${name} ${offset} ${limit}`, () => findRunIds(db, conditions, terms, { limit, offset }));
    const total = await cache.get(`count ${JSON.stringify(scope)}`, () => countScope(db, scope, conditions), SLOW_MS);
    return { total, rows: await readRunRows(db, ids, metrics) };
  }
  // whoever looks for words, or acts on what they find, sees at once what came of it
  const ordered = await cache.get(name, () => orderAll(db, conditions, terms), hasWords ? undefined : SLOW_MS);
  return { total: ordered.length, rows: await readRunRows(db, await idsOf(db, ordered.slice(offset, offset + limit)), metrics) };
}

/** metrics.loss.min is the least loss, unless a metric has that name. */
async function withExtreme(db: Connection, term: RunOrder): Promise<RunOrder> {
  const [, key, extreme] = (term.namespace === "metric" && /^(.+)\.(min|max)$/s.exec(term.key)) || [];
  if (key === undefined || (await db.get('SELECT 1 FROM latest_metrics WHERE "key" = ? LIMIT 1', term.key))) return term;
  return { ...term, key, extreme: extreme as "min" | "max" };
}

/** The places of all runs of a scope, in order: as one value, for rows are what costs. */
async function orderAll(db: Connection, { joins, where }: RunConditions, terms: readonly RunOrder[]): Promise<Place[]> {
  const order = orderRuns(terms);
  const found = await db.get<{ places: string }>(
    `SELECT json_group_array(place) AS places FROM (SELECT r.${db.place} AS place FROM runs r ${joins.text} ${order.joins.text}
     WHERE ${where.text} ORDER BY ${order.text}) ordered`,
    ...[...joins.values, ...order.joins.values, ...where.values],
  );
  return JSON.parse(found?.places ?? "[]") as Place[];
}

async function idsOf(db: Connection, places: readonly Place[]): Promise<string[]> {
  const rows = await db.rows<[place: Place, id: string]>(
    `SELECT ${db.place}, run_uuid FROM runs WHERE ${db.place} IN ${IN_LIST}`,
    inList(places),
  );
  const ids = new Map(rows);
  return places.flatMap((place) => ids.get(place) ?? []);
}
