import type { Trace } from "../../trace-records.js";
import type { TraceRow, TraceRows, TraceRowsQuery } from "../../trace-views.js";
import type { Connection } from "../connection.js";
import { Experiments } from "../experiments.js";
import { IN_LIST, inList } from "../keyed-values.js";
import { allOf, type Sql } from "../to-sql.js";
import { ofExperiments, ofRun, traceFilter, traceOrder } from "../trace-search.js";
import { Traces } from "../traces.js";
import { checkPlace, splitWords } from "./scope.js";
import type { ViewCache } from "./view-cache.js";
import { caseForms } from "./words.js";

const MOST_ROWS = 200;
const SOURCE_RUN = "mlflow.sourceRun";
const NAME = "mlflow.traceName";

/** A part of the traces of a query, how many there are, and how they ended. */
export async function queryTraces(db: Connection, cache: ViewCache, query: TraceRowsQuery): Promise<TraceRows> {
  const { orderBy, offset, limit, ...scope } = query;
  checkPlace(query, MOST_ROWS);
  const where = conditions(scope);
  const states = await cache.get(`trace states ${JSON.stringify(scope)}`, () => countStates(db, where));
  const found = await db.rows<[id: string]>(
    `SELECT t.request_id FROM trace_info t WHERE ${where.text} ORDER BY ${traceOrder(orderBy)} LIMIT ? OFFSET ?`,
    ...[...where.values, limit, offset],
  );
  const total = Object.values(states).reduce((sum, traces) => sum + traces, 0);
  const ids = found.map(([id]) => id);
  return { total, states, rows: await readRows(db, ids) };
}

function conditions({ experimentIds, filter, words, runId }: Omit<TraceRowsQuery, "orderBy" | "offset" | "limit">): Sql {
  const active = "t.experiment_id IN (SELECT experiment_id FROM experiments WHERE lifecycle_stage = 'active')";
  return allOf([
    experimentIds.length > 0 ? ofExperiments(experimentIds) : { text: active, values: [] },
    traceFilter(filter),
    ...(runId === undefined ? [] : [ofRun(runId)]),
    ...splitWords(words).map(hasWord),
  ]);
}

/** The traces with a word in the request, the response, an id, a tag, or in what was said of them, in any case. */
function hasWord(word: string): Sql {
  const forms = caseForms(word);
  const within = (column: string) => forms.map(() => `instr(lower(${column}), ?) > 0`).join(" OR ");
  const own = ["t.request_preview", "t.response_preview", "t.request_id", "t.client_request_id"];
  const said = ["a.name", "a.value", "a.rationale"];
  return {
    text: `${own.map(within).join(" OR ")}
      OR t.request_id IN (SELECT request_id FROM trace_tags g WHERE ${within("g.value")})
      OR t.request_id IN (SELECT trace_id FROM assessments a WHERE ${said.map(within).join(" OR ")})`,
    values: [...own, "g.value", ...said].flatMap(() => forms),
  };
}

async function countStates(db: Connection, { text, values }: Sql): Promise<TraceRows["states"]> {
  const sql = `SELECT t.status, count(*) FROM trace_info t WHERE ${text} GROUP BY t.status`;
  return Object.fromEntries(await db.rows<[state: Trace["state"], traces: number]>(sql, ...values));
}

async function readRows(db: Connection, ids: readonly string[]): Promise<TraceRow[]> {
  const linked = await linkedRuns(db, ids);
  return (await new Traces(db, new Experiments(db)).read(ids)).map(({ metadata, tags, assessments, ...trace }) => {
    const { traceId, experimentId, requestTimeMs, durationMs, state, requestPreview, responsePreview } = trace;
    const made = metadata[SOURCE_RUN];
    return {
      ...{ traceId, experimentId, requestTimeMs, durationMs, state, requestPreview, responsePreview },
      name: tags[NAME] ?? null,
      runIds: [...new Set([...(made === undefined ? [] : [made]), ...(linked.get(traceId) ?? [])])],
      assessments: assessments
        .filter(({ valid }) => valid)
        .map(({ name, kind, value, error, sourceType }) => ({ name, kind, value, error, sourceType })),
    };
  });
}

async function linkedRuns(db: Connection, ids: readonly string[]): Promise<Map<string, string[]>> {
  const found = new Map<string, string[]>();
  const rows = await db.rows<[trace: string, run: string]>(
    `SELECT source_id, destination_id FROM entity_associations
     WHERE source_type = 'trace' AND destination_type = 'run' AND source_id IN ${IN_LIST} ORDER BY created_time, rowid`,
    inList(ids),
  );
  for (const [trace, run] of rows) found.set(trace, [...(found.get(trace) ?? []), run]);
  return found;
}
