import { randomUUID } from "node:crypto";
import { checkLength } from "../limits.js";
import { missing } from "../mlflow-error.js";
import {
  MODEL_STATUSES,
  type LoggedModel,
  type LoggedModelQuery,
  type LoggedModelStatus,
  type NewLoggedModel,
} from "../logged-model-records.js";
import type { Page } from "../records.js";
import type { ModelVersion } from "../registry-records.js";
import { checkMaxResults, parsePageToken, toPageToken } from "../search/page-token.js";
import type { Connection } from "./connection.js";
import { toNumber, type Experiments } from "./experiments.js";
import { readKeyed, writeKeyed } from "./keyed-values.js";
import { MODEL_PARAMS, MODEL_TAGS, modelOrder, modelsOf } from "./logged-model-search.js";

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

const MAX_RESULTS = 50_000;

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
      this.write(MODEL_TAGS, modelId, experimentId, tags);
      this.write(MODEL_PARAMS, modelId, experimentId, params);
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
    this.write(MODEL_TAGS, modelId, this.get(modelId).experimentId, tags);
    return this.get(modelId);
  }

  deleteTag(modelId: string, key: string): void {
    this.get(modelId);
    if (this.db.run("DELETE FROM logged_model_tags WHERE model_id = ? AND tag_key = ?", modelId, key) > 0) return;
    throw missing(`No tag with key '${key}' found for model with ID '${modelId}'.`);
  }

  logParams(modelId: string, params: Readonly<Record<string, string>>): LoggedModel {
    this.write(MODEL_PARAMS, modelId, this.get(modelId).experimentId, params);
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

  search(query: LoggedModelQuery): Page<LoggedModel> {
    const { maxResults } = query;
    checkMaxResults(maxResults, MAX_RESULTS);
    const offset = parsePageToken(query.pageToken);
    const [where, order] = [modelsOf(query), modelOrder(query.orderBy)];
    const rows = this.db.all<LoggedModelRow>(
      `SELECT m.* FROM logged_models m WHERE ${where.text} ORDER BY ${order.text} LIMIT ? OFFSET ?`,
      ...[...where.values, ...order.values, maxResults + 1, offset],
    );
    const items = this.toModels(rows.slice(0, maxResults));
    return rows.length > maxResults ? { items, nextPageToken: toPageToken(offset + maxResults) } : { items };
  }

  private write(table: typeof MODEL_TAGS, modelId: string, experimentId: string, values: Readonly<Record<string, string>>): void {
    writeKeyed(this.db, table, { model_id: modelId, experiment_id: toNumber(experimentId) }, values);
  }

  private toModels(rows: readonly LoggedModelRow[]): LoggedModel[] {
    const ids = rows.map((row) => row.model_id);
    const tags = readKeyed(this.db, MODEL_TAGS, ids);
    const params = readKeyed(this.db, MODEL_PARAMS, ids);
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
