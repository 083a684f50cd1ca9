import { parseFilter, parseOrder, type Clause } from "../search/grammar.js";
import { TRACE_FILTER } from "../search/grammars.js";
import { toNumber } from "./experiments.js";
import { IN_LIST, inList } from "./keyed-values.js";
import { allOf, compare, keyedValue, nullableOrder, type Sql } from "./to-sql.js";

/** Where tags of traces are kept. */
export const TRACE_TAGS = { table: "trace_tags", owner: "request_id" };
/** Where metadata of traces is kept. */
export const TRACE_METADATA = { table: "trace_request_metadata", owner: "request_id" };

/** The traces `t` of some experiments. */
export function ofExperiments(experimentIds: readonly string[]): Sql {
  return { text: `t.experiment_id IN ${IN_LIST}`, values: [inList(experimentIds.map(toNumber))] };
}

/** The traces `t` that a filter finds. Throws INVALID_PARAMETER_VALUE for a filter that is wrong. */
export function traceFilter(filter: string | undefined): Sql {
  return allOf(parseFilter(filter, TRACE_FILTER).map(toSql));
}

/** The traces `t` of a run: linked to it, or made in it. */
export function ofRun(runId: string): Sql {
  return {
    text: `t.request_id IN (SELECT source_id FROM entity_associations
        WHERE source_type = 'trace' AND destination_type = 'run' AND destination_id = ?)
      OR t.request_id IN (SELECT request_id FROM trace_request_metadata WHERE "key" = 'mlflow.sourceRun' AND value = ?)`,
    values: [runId, runId],
  };
}

/** The order of traces `t`: newest first where nothing else decides. Throws INVALID_PARAMETER_VALUE for an order that is wrong. */
export function traceOrder(orderBy: readonly string[] | undefined): string {
  const order = parseOrder(orderBy, { attribute: TRACE_FILTER.attribute }).map(({ key, ascending }) =>
    NULLABLE.has(key)
      ? nullableOrder(COLUMNS[key] ?? `t.${key}`, ascending)
      : `${COLUMNS[key] ?? `t.${key}`} ${ascending ? "ASC" : "DESC"}`,
  );
  return [...order, "t.timestamp_ms DESC", "t.request_id"].join(", ");
}

const NULLABLE = new Set(["execution_time_ms", "client_request_id", "name", "run_id"]);
const COLUMNS: Record<string, string> = {
  end_time_ms: "(t.timestamp_ms + coalesce(t.execution_time_ms, 0))",
  text: "(coalesce(t.request_preview, '') || ' ' || coalesce(t.response_preview, ''))",
  run_id: `(SELECT value FROM trace_request_metadata m WHERE m.request_id = t.request_id AND m."key" = 'mlflow.sourceRun')`,
  name: `(SELECT value FROM trace_tags n WHERE n.request_id = t.request_id AND n."key" = 'mlflow.traceName')`,
};

function toSql(clause: Clause<keyof typeof TRACE_FILTER>): Sql {
  const { namespace, key, comparator, value } = clause;
  if (namespace === "tag") return keyedValue(TRACE_TAGS, "t.request_id", clause);
  if (namespace === "metadata") return keyedValue(TRACE_METADATA, "t.request_id", clause);
  if (namespace === "attribute" && key === "run_id") return runSql(clause);
  if (namespace === "attribute" && key === "text") return textSql(clause);
  if (namespace === "attribute") return compare(COLUMNS[key] ?? `t.${key}`, comparator, value);
  return namespace === "span" ? spanSql(clause) : assessmentSql(clause);
}

/** What is asked and answered, and, for LIKE and ILIKE, all that its spans have. */
function textSql(clause: Clause<string>): Sql {
  const preview = compare(COLUMNS["text"] ?? "", clause.comparator, clause.value);
  if (!clause.comparator.endsWith("LIKE")) return preview;
  const span = spanSql({ ...clause, key: "content" });
  return { text: `${preview.text} OR ${span.text}`, values: [...preview.values, ...span.values] };
}

/** The attribute of a span `s` at a path, a text without its quotes. */
export const ATTRIBUTE = `(SELECT CASE WHEN NOT json_valid(a.written) THEN a.written WHEN json_type(a.written) = 'text' THEN a.written ->> '$'
  ELSE a.written END FROM (SELECT CASE WHEN json_valid(s.content) THEN s.content ->> ? END AS written) a)`;

/** Any span of the trace; of an attribute, its JSON is compared, a text without its quotes. */
function spanSql({ key, comparator, value }: Clause<string>): Sql {
  const attribute = /^attributes\.(.+)$/s.exec(key)?.[1];
  const path = `$.attributes."${(attribute ?? "").replaceAll('"', "")}"`;
  const column = attribute === undefined ? `s.${key}` : ATTRIBUTE;
  const test = compare(column, comparator, value);
  return {
    text: `EXISTS (SELECT 1 FROM spans s WHERE s.trace_id = t.request_id AND ${test.text})`,
    values: [...(attribute === undefined ? [] : [path]), ...test.values],
  };
}

/** The value of an assessment `kv`, a text without its quotes. */
export const SAID = "CASE WHEN json_valid(kv.value) AND json_type(kv.value) = 'text' THEN kv.value ->> '$' ELSE kv.value END";

/** A valid assessment of that name; its value is compared as JSON text, a text without its quotes. */
function assessmentSql({ namespace, key, comparator, value }: Clause<string>): Sql {
  const test = compare(SAID, comparator, Array.isArray(value) ? value : String(value));
  return {
    text: `EXISTS (SELECT 1 FROM assessments kv WHERE kv.trace_id = t.request_id AND kv.assessment_type = '${namespace}'
      AND kv.valid = TRUE AND kv.name = ? AND ${test.text})`,
    values: [key, ...test.values],
  };
}

/** Traces of a run: linked to it, or made in it. */
function runSql(clause: Clause<string>): Sql {
  const linked = compare("a.destination_id", clause.comparator, clause.value);
  const source = keyedValue(TRACE_METADATA, "t.request_id", { ...clause, key: "mlflow.sourceRun" });
  return {
    text: `EXISTS (SELECT 1 FROM entity_associations a WHERE a.source_type = 'trace' AND a.source_id = t.request_id
      AND a.destination_type = 'run' AND ${linked.text}) OR ${source.text}`,
    values: [...linked.values, ...source.values],
  };
}
