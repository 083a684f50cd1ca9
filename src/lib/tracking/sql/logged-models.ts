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
import { lockRow, together, type Connection } from "./connection.js";
import { toNumber, type Experiments } from "./experiments.js";
import { IN_LIST, inList, readKeyed, writeKeyed } from "./keyed-values.js";
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

/** The logged models of a store. */
export class LoggedModels {
  private readonly db: Connection;
  private readonly experiments: Experiments;

  constructor(db: Connection, experiments: Experiments) {
    this.db = db;
    this.experiments = experiments;
  }

  async create({ experimentId, name, modelType, sourceRunId, tags, params }: NewLoggedModel): Promise<LoggedModel> {
    checkLength("name", name, 500);
    const modelId = `m-${randomUUID().replaceAll("-", "")}`;
    await this.db.transaction(async () => {
      const { artifactLocation } = await this.experiments.getActive(experimentId);
      const now = Date.now();
      await this.db.run(
        "INSERT INTO logged_models VALUES (?, ?, ?, ?, ?, ?, 1, 'active', ?, ?, NULL)",
        ...[modelId, toNumber(experimentId), name || modelId, `${artifactLocation.replace(/\/$/, "")}/models/${modelId}/artifacts`],
        ...[now, now, modelType ?? null, sourceRunId ?? null],
      );
      await this.write(MODEL_TAGS, modelId, experimentId, tags);
      await this.write(MODEL_PARAMS, modelId, experimentId, params);
    });
    return this.get(modelId);
  }

  async get(modelId: string): Promise<LoggedModel> {
    const row = await this.db.get<LoggedModelRow>("SELECT * FROM logged_models WHERE model_id = ? AND lifecycle_stage = 'active'", modelId);
    if (!row) throw missing(`Logged model with ID '${modelId}' not found.`);
    return (await this.toModels([row]))[0] as LoggedModel;
  }

  async finalize(modelId: string, status: LoggedModelStatus): Promise<LoggedModel> {
    await this.get(modelId);
    const sql = "UPDATE logged_models SET status = ?, last_updated_timestamp_ms = ? WHERE model_id = ?";
    await this.db.run(sql, MODEL_STATUSES.indexOf(status), Date.now(), modelId);
    return this.get(modelId);
  }

  async delete(modelId: string): Promise<void> {
    await this.get(modelId);
    await this.db.run("UPDATE logged_models SET lifecycle_stage = 'deleted' WHERE model_id = ?", modelId);
  }

  async setTags(modelId: string, tags: Readonly<Record<string, string>>): Promise<LoggedModel> {
    await this.write(MODEL_TAGS, modelId, (await this.get(modelId)).experimentId, tags);
    return this.get(modelId);
  }

  async deleteTag(modelId: string, key: string): Promise<void> {
    await this.get(modelId);
    if ((await this.db.run("DELETE FROM logged_model_tags WHERE model_id = ? AND tag_key = ?", modelId, key)) > 0) return;
    throw missing(`No tag with key '${key}' found for model with ID '${modelId}'.`);
  }

  async logParams(modelId: string, params: Readonly<Record<string, string>>): Promise<LoggedModel> {
    await this.write(MODEL_PARAMS, modelId, (await this.get(modelId)).experimentId, params);
    return this.get(modelId);
  }

  /** Adds a registered version to the tag in which MLflow lists them. */
  async noteVersion(modelId: string, { name, version }: ModelVersion): Promise<void> {
    const tag = "mlflow.modelVersions";
    await this.db.transaction(async () => {
      await lockRow(this.db, "logged_models", "model_id", modelId);
      const listed = parseList((await this.get(modelId)).tags[tag]);
      await this.setTags(modelId, { [tag]: JSON.stringify([...listed, { name, version: Number(version) }]) });
    });
  }

  async search(query: LoggedModelQuery): Promise<Page<LoggedModel>> {
    const { maxResults } = query;
    checkMaxResults(maxResults, MAX_RESULTS);
    const offset = parsePageToken(query.pageToken);
    const [where, order] = [modelsOf(query), modelOrder(query.orderBy)];
    const rows = await this.db.all<LoggedModelRow>(
      `SELECT m.* FROM logged_models m WHERE ${where.text} ORDER BY ${order.text} LIMIT ? OFFSET ?`,
      ...[...where.values, ...order.values, maxResults + 1, offset],
    );
    const items = await this.toModels(rows.slice(0, maxResults));
    return rows.length > maxResults ? { items, nextPageToken: toPageToken(offset + maxResults) } : { items };
  }

  private async write(
    table: typeof MODEL_TAGS,
    modelId: string,
    experimentId: string,
    values: Readonly<Record<string, string>>,
  ): Promise<void> {
    await writeKeyed(this.db, table, { model_id: modelId, experiment_id: toNumber(experimentId) }, values);
  }

  private async toModels(rows: readonly LoggedModelRow[]): Promise<LoggedModel[]> {
    const ids = rows.map((row) => row.model_id);
    const [tags, params, metrics] = await together(
      readKeyed(this.db, MODEL_TAGS, ids),
      readKeyed(this.db, MODEL_PARAMS, ids),
      this.readMetrics(ids),
    );
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
      metrics: metrics.get(row.model_id) ?? [],
    }));
  }

  private async readMetrics(modelIds: readonly string[]): Promise<Map<string, LoggedModel["metrics"]>> {
    type Row = Record<"id" | "key" | "run" | "name" | "digest", string> & Record<"t" | "step" | "value", number>;
    const rows = await this.db.all<Row>(
      `SELECT model_id AS id, metric_name AS "key", metric_timestamp_ms AS t, metric_step AS step, metric_value AS value, run_id AS run,
       dataset_name AS name, dataset_digest AS digest FROM logged_model_metrics WHERE model_id IN ${IN_LIST} ORDER BY rowid`,
      inList(modelIds),
    );
    const found = new Map<string, LoggedModel["metrics"]>(modelIds.map((id) => [id, []]));
    for (const { id, key, value, t: timestamp, step, run: runId, name: datasetName, digest: datasetDigest } of rows)
      found.get(id)?.push({ key, value, timestamp, step, runId, modelId: id, datasetName, datasetDigest });
    return found;
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
