import { invalid } from "../mlflow-error.js";
import { MODEL_STATUSES, type LoggedModelQuery, type ModelDataset } from "../logged-model-records.js";
import { parseFilter, type Clause } from "../search/grammar.js";
import { LOGGED_MODEL_FILTER } from "../search/grammars.js";
import { toNumber } from "./experiments.js";
import { IN_LIST, inList } from "./keyed-values.js";
import { allOf, compare, keyedValue, nullableOrder, type Sql } from "./to-sql.js";

/** Where tags of logged models are kept. */
export const MODEL_TAGS = { table: "logged_model_tags", owner: "model_id", key: "tag_key", value: "tag_value" };
/** Where params of logged models are kept. */
export const MODEL_PARAMS = { table: "logged_model_params", owner: "model_id", key: "param_key", value: "param_value" };

const METRICS = "logged_model_metrics";
const ORDER = ["name", "model_id", "model_type", "status", "source_run_id", "creation_timestamp_ms", "last_updated_timestamp_ms"];
const NULLABLE = ["model_type", "source_run_id"];
const ORDER_ALIASES: Record<string, string> = {
  creation_timestamp: "creation_timestamp_ms",
  creation_time: "creation_timestamp_ms",
  last_updated_timestamp: "last_updated_timestamp_ms",
};

/** The logged models `m` of a query. Throws INVALID_PARAMETER_VALUE for a filter that is wrong. */
export function modelsOf({ experimentIds, filter, datasets = [] }: LoggedModelQuery): Sql {
  const clauses = parseFilter(filter, LOGGED_MODEL_FILTER);
  const onDataset = datasets.length === 0 ? undefined : anyOf(datasets.map(measuredOn));
  const hasMetric = clauses.some(({ namespace }) => namespace === "metric");
  return allOf([
    { text: `m.experiment_id IN ${IN_LIST}`, values: [inList(experimentIds.map(toNumber))] },
    { text: "m.lifecycle_stage = 'active'", values: [] },
    ...clauses.map((clause) => toSql(clause, onDataset)),
    ...(onDataset && !hasMetric ? [metricWhere(onDataset)] : []),
  ]);
}

/** The order of logged models `m`. Throws INVALID_PARAMETER_VALUE for an order that is wrong. */
export function modelOrder(orderBy: LoggedModelQuery["orderBy"]): Sql {
  const terms = orderBy.map(orderSql);
  return {
    text: [...terms.map(({ text }) => text), "m.creation_timestamp_ms DESC", "m.model_id"].join(", "),
    values: terms.flatMap(({ values }) => values),
  };
}

function toSql(clause: Clause<keyof typeof LOGGED_MODEL_FILTER>, onDataset: Sql | undefined): Sql {
  if (clause.namespace === "metric") {
    const named = { text: "k.metric_name = ?", values: [clause.key] };
    return metricWhere(named, compare("k.metric_value", clause.comparator, clause.value), ...(onDataset ? [onDataset] : []));
  }
  if (clause.namespace === "param") return keyedValue(MODEL_PARAMS, "m.model_id", clause);
  if (clause.namespace === "tag") return keyedValue(MODEL_TAGS, "m.model_id", clause);
  if (clause.key === "status") return statusSql(clause);
  return compare(`m.${clause.key}`, clause.comparator, clause.value);
}

/** A metric `k` of the model for which all of this is so. */
function metricWhere(...conditions: Sql[]): Sql {
  const where = allOf(conditions);
  return { text: `EXISTS (SELECT 1 FROM ${METRICS} k WHERE k.model_id = m.model_id AND ${where.text})`, values: where.values };
}

/** The metric `k` was measured on the dataset. */
function measuredOn({ name, digest }: ModelDataset): Sql {
  if (digest === undefined) return { text: "k.dataset_name = ?", values: [name] };
  return { text: "(k.dataset_name = ? AND k.dataset_digest = ?)", values: [name, digest] };
}

function anyOf(pieces: readonly Sql[]): Sql {
  return { text: pieces.map(({ text }) => text).join(" OR "), values: pieces.flatMap(({ values }) => values) };
}

/** Compares by the name the API shows, long or short ('READY'); MLflow 3.6 compares the number and finds nothing. */
function statusSql({ comparator, value }: Clause<string>): Sql {
  const names = MODEL_STATUSES.map((name, index) => `WHEN ${index} THEN '${name.replace("LOGGED_MODEL_", "")}'`).join(" ");
  const short = (text: string | number) => String(text).replace("LOGGED_MODEL_", "");
  return compare(`CASE m.status ${names} END`, comparator, Array.isArray(value) ? value.map(short) : short(value));
}

/** A metric's latest value decides, of those on the term's dataset where it has one; models without any come last. */
function orderSql({ field, ascending, dataset }: LoggedModelQuery["orderBy"][number]): Sql {
  const direction = ascending ? "ASC" : "DESC";
  const metric = /^metrics?\.(.+)$/.exec(field)?.[1];
  if (metric !== undefined) {
    const named = { text: "k.metric_name = ?", values: [metric] };
    const where = allOf([named, ...(dataset ? [measuredOn(dataset)] : [])]);
    const value = `(SELECT metric_value FROM ${METRICS} k WHERE k.model_id = m.model_id AND ${where.text}
      ORDER BY metric_timestamp_ms DESC, metric_step DESC LIMIT 1)`;
    return { text: `${value} IS NULL, ${value} ${direction}`, values: [...where.values, ...where.values] };
  }
  const plain = field.replace(/^attributes?\./, "");
  const column = ORDER_ALIASES[plain] ?? plain;
  if (!ORDER.includes(column))
    throw invalid(`Invalid order_by field name: ${field}. It must be one of ${ORDER.join(", ")}, or metrics.NAME.`);
  if (NULLABLE.includes(column)) return { text: nullableOrder(`m.${column}`, ascending), values: [] };
  return { text: `m.${column} ${direction}`, values: [] };
}
