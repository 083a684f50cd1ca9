import { randomUUID } from "node:crypto";
import { checkLength } from "../limits.js";
import { invalid, missing } from "../mlflow-error.js";
import {
  MODEL_STATUSES,
  type LoggedModel,
  type LoggedModelQuery,
  type LoggedModelStatus,
  type NewLoggedModel,
} from "../logged-model-records.js";
import type { Page } from "../records.js";
import type { ModelVersion } from "../registry-records.js";
import { parseFilter, type Clause } from "../search/grammar.js";
import { LOGGED_MODEL_FILTER } from "../search/grammars.js";
import { checkMaxResults, parsePageToken, toPageToken } from "../search/page-token.js";
import { allOf, compare, keyedValue, type Sql } from "./to-sql.js";
import type { Connection } from "./connection.js";
import { toNumber, type Experiments } from "./experiments.js";
import { IN_LIST, inList, readKeyed, writeKeyed } from "./keyed-values.js";

interface LoggedModelRow {
  model_id: string;
  experiment_id: number;
  name: string;
  artifact_location: string;
  creation_timestamp_ms: number;
  last_updated_timestamp_ms: number;
  status: number;
  model_type: string | null;
  source_run_id: string | null;
  status_message: string | null;
}

const TAGS = { table: "logged_model_tags", owner: "model_id", key: "tag_key", value: "tag_value" };
const PARAMS = { table: "logged_model_params", owner: "model_id", key: "param_key", value: "param_value" };
const METRICS = { table: "logged_model_metrics", owner: "model_id", key: "metric_name", value: "metric_value" };
const MAX_RESULTS = 50_000;
const ORDER = ["name", "model_id", "model_type", "status", "source_run_id", "creation_timestamp_ms", "last_updated_timestamp_ms"];
const ORDER_ALIASES: Record<string, string> = {
  creation_timestamp: "creation_timestamp_ms",
  creation_time: "creation_timestamp_ms",
  last_updated_timestamp: "last_updated_timestamp_ms",
};

/** The logged models of a SQLite store. */
export class LoggedModels {
  private readonly db: Connection;
  private readonly experiments: Experiments;

  constructor(db: Connection, experiments: Experiments) {
    this.db = db;
    this.experiments = experiments;
  }

  create({ experimentId, name, modelType, sourceRunId, tags, params }: NewLoggedModel): LoggedModel {
    checkLength("name", name, 500);
    const modelId = `m-${randomUUID().replaceAll("-", "")}`;
    this.db.transaction(() => {
      const { artifactLocation } = this.experiments.getActive(experimentId);
      const now = Date.now();
      this.db.run(
        "INSERT INTO logged_models VALUES (?, ?, ?, ?, ?, ?, 1, 'active', ?, ?, NULL)",
        ...[modelId, toNumber(experimentId), name || modelId, `${artifactLocation.replace(/\/$/, "")}/models/${modelId}/artifacts`],
        ...[now, now, modelType ?? null, sourceRunId ?? null],
      );
      this.write(TAGS, modelId, experimentId, tags);
      this.write(PARAMS, modelId, experimentId, params);
    });
    return this.get(modelId);
  }

  get(modelId: string): LoggedModel {
    const row = this.db.get<LoggedModelRow>("SELECT * FROM logged_models WHERE model_id = ? AND lifecycle_stage = 'active'", modelId);
    if (!row) throw missing(`Logged model with ID '${modelId}' not found.`);
    return this.toModels([row])[0] as LoggedModel;
  }

  finalize(modelId: string, status: LoggedModelStatus): LoggedModel {
    this.get(modelId);
    const sql = "UPDATE logged_models SET status = ?, last_updated_timestamp_ms = ? WHERE model_id = ?";
    this.db.run(sql, MODEL_STATUSES.indexOf(status), Date.now(), modelId);
    return this.get(modelId);
  }

  delete(modelId: string): void {
    this.get(modelId);
    this.db.run("UPDATE logged_models SET lifecycle_stage = 'deleted' WHERE model_id = ?", modelId);
  }

  setTags(modelId: string, tags: Readonly<Record<string, string>>): LoggedModel {
    this.write(TAGS, modelId, this.get(modelId).experimentId, tags);
    return this.get(modelId);
  }

  deleteTag(modelId: string, key: string): void {
    this.get(modelId);
    if (this.db.run("DELETE FROM logged_model_tags WHERE model_id = ? AND tag_key = ?", modelId, key) > 0) return;
    throw missing(`No tag with key '${key}' found for model with ID '${modelId}'.`);
  }

  logParams(modelId: string, params: Readonly<Record<string, string>>): LoggedModel {
    this.write(PARAMS, modelId, this.get(modelId).experimentId, params);
    return this.get(modelId);
  }

  /** Adds a registered version to the tag in which MLflow lists them. */
  noteVersion(modelId: string, { name, version }: ModelVersion): void {
    const tag = "mlflow.modelVersions";
    this.db.transaction(() => {
      const listed = parseList(this.get(modelId).tags[tag]);
      this.setTags(modelId, { [tag]: JSON.stringify([...listed, { name, version: Number(version) }]) });
    });
  }

  search({ experimentIds, filter, orderBy, maxResults, pageToken }: LoggedModelQuery): Page<LoggedModel> {
    checkMaxResults(maxResults, MAX_RESULTS);
    const offset = parsePageToken(pageToken);
    const where = allOf([
      { text: `m.experiment_id IN ${IN_LIST}`, values: [inList(experimentIds.map(toNumber))] },
      { text: "m.lifecycle_stage = 'active'", values: [] },
      ...parseFilter(filter, LOGGED_MODEL_FILTER).map(toSql),
    ]);
    const order = orderBy.map(orderSql);
    const rows = this.db.all<LoggedModelRow>(
      `SELECT m.* FROM logged_models m WHERE ${where.text}
       ORDER BY ${[...order.map(({ text }) => text), "m.creation_timestamp_ms DESC", "m.model_id"].join(", ")} LIMIT ? OFFSET ?`,
      ...where.values,
      ...order.flatMap(({ values }) => values),
      maxResults + 1,
      offset,
    );
    const items = this.toModels(rows.slice(0, maxResults));
    return rows.length > maxResults ? { items, nextPageToken: toPageToken(offset + maxResults) } : { items };
  }

  private write(table: typeof TAGS, modelId: string, experimentId: string, values: Readonly<Record<string, string>>): void {
    writeKeyed(this.db, table, { model_id: modelId, experiment_id: toNumber(experimentId) }, values);
  }

  private toModels(rows: readonly LoggedModelRow[]): LoggedModel[] {
    const ids = rows.map((row) => row.model_id);
    const tags = readKeyed(this.db, TAGS, ids);
    const params = readKeyed(this.db, PARAMS, ids);
    return rows.map((row) => ({
      modelId: row.model_id,
      experimentId: String(row.experiment_id),
      name: row.name,
      creationTime: row.creation_timestamp_ms,
      lastUpdateTime: row.last_updated_timestamp_ms,
      artifactUri: row.artifact_location,
      status: MODEL_STATUSES[row.status] ?? "LOGGED_MODEL_STATUS_UNSPECIFIED",
      modelType: row.model_type,
      sourceRunId: row.source_run_id,
      statusMessage: row.status_message,
      tags: tags.get(row.model_id) ?? {},
      params: params.get(row.model_id) ?? {},
      metrics: this.readMetrics(row.model_id),
    }));
  }

  private readMetrics(modelId: string): LoggedModel["metrics"] {
    const rows = this.db.all<
      Record<"metric_name" | "run_id" | "dataset_name" | "dataset_digest", string> & Record<"t" | "step" | "value", number>
    >(
      `SELECT metric_name, metric_timestamp_ms AS t, metric_step AS step, metric_value AS value, run_id, dataset_name, dataset_digest
       FROM logged_model_metrics WHERE model_id = ? ORDER BY rowid`,
      modelId,
    );
    return rows.map((row) => ({
      key: row.metric_name,
      value: row.value,
      timestamp: row.t,
      step: row.step,
      runId: row.run_id,
      modelId,
      datasetName: row.dataset_name,
      datasetDigest: row.dataset_digest,
    }));
  }
}

/** A JSON list from a tag; nothing for what is none: anyone may write tags. */
function parseList(text = "[]"): unknown[] {
  try {
    const list: unknown = JSON.parse(text);
    return Array.isArray(list) ? list : [];
  } catch {
    return [];
  }
}

function toSql(clause: Clause<keyof typeof LOGGED_MODEL_FILTER>): Sql {
  if (clause.namespace === "metric") return keyedValue(METRICS, "m.model_id", clause);
  if (clause.namespace === "param") return keyedValue(PARAMS, "m.model_id", clause);
  if (clause.namespace === "tag") return keyedValue(TAGS, "m.model_id", clause);
  if (clause.key === "status") return statusSql(clause);
  return compare(`m.${clause.key}`, clause.comparator, clause.value);
}

/** Compares by the name the API shows, long or short ('READY'); MLflow 3.6 compares the number and finds nothing. */
function statusSql({ comparator, value }: Clause<string>): Sql {
  const names = MODEL_STATUSES.map((name, index) => `WHEN ${index} THEN '${name.replace("LOGGED_MODEL_", "")}'`).join(" ");
  const short = (text: string | number) => String(text).replace("LOGGED_MODEL_", "");
  return compare(`CASE m.status ${names} END`, comparator, Array.isArray(value) ? value.map(short) : short(value));
}

function orderSql({ field, ascending }: { field: string; ascending: boolean }): Sql {
  const direction = ascending ? "ASC" : "DESC";
  const metric = /^metrics?\.(.+)$/.exec(field)?.[1];
  if (metric !== undefined) {
    const value =
      "(SELECT metric_value FROM logged_model_metrics k WHERE k.model_id = m.model_id AND k.metric_name = ? ORDER BY metric_timestamp_ms DESC LIMIT 1)";
    return { text: `${value} IS NULL, ${value} ${direction}`, values: [metric, metric] };
  }
  const plain = field.replace(/^attributes?\./, "");
  const column = ORDER_ALIASES[plain] ?? plain;
  if (!ORDER.includes(column))
    throw invalid(`Invalid order_by field name: ${field}. It must be one of ${ORDER.join(", ")}, or metrics.NAME.`);
  return { text: `m.${column} ${direction}`, values: [] };
}
