import { randomUUID } from "node:crypto";
import { keyed } from "../keyed.js";
import { checkBatch, checkKey, checkLength, checkRunId, LIMITS } from "../limits.js";
import { invalid, missing } from "../mlflow-error.js";
import type {
  DatasetSummary,
  HistoryQuery,
  Metric,
  NewRun,
  Page,
  Run,
  RunBatch,
  RunInfo,
  RunInputs,
  RunMetric,
  RunQuery,
  RunUpdate,
} from "../records.js";
import { makeRunName } from "../run-name.js";
import { splitBatch } from "../split-batch.js";
import { lockRow, together, type Connection } from "./connection.js";
import { toNumber, type Experiments } from "./experiments.js";
import { readDatasetSummaries, writeDatasets, writeModelInputs, writeModelOutputs } from "./inputs.js";
import { fromWhole, IN_LIST, inList, whole, writeKeyed } from "./keyed-values.js";
import { readHistories, readHistory, writeMetrics } from "./metrics.js";
import { readRunInfo, readRuns } from "./read-runs.js";
import { searchRunIds } from "./run-search.js";

const RUN_NAME = "mlflow.runName";
const MODELS = "mlflow.log-model.history";

/** The runs of a store. */
export class Runs {
  private readonly db: Connection;
  private readonly experiments: Experiments;
  /** Cut long values to MLflow's limits instead of refusing them. */
  private readonly truncate: boolean;

  constructor(db: Connection, experiments: Experiments, { truncate }: { truncate: boolean }) {
    this.db = db;
    this.experiments = experiments;
    this.truncate = truncate;
  }

  async create({ experimentId, runName, startTime, userId = "", tags = {} }: NewRun): Promise<Run> {
    const name = chooseName(runName, tags[RUN_NAME]);
    for (const key of Object.keys(tags)) checkKey(key, "key", "key");
    const runId = randomUUID().replaceAll("-", "");
    const kept = this.fitTags({ ...tags, [RUN_NAME]: name });
    const [start, artifactUri] = await this.db.transaction(async () => {
      const { artifactLocation } = await this.experiments.getActive(experimentId);
      const row = [Math.round(startTime), `${artifactLocation.replace(/\/$/, "")}/${runId}/artifacts`] as const;
      const made = this.db.run(
        `INSERT INTO runs (run_uuid, name, source_type, source_name, entry_point_name, user_id, status, start_time, source_version,
         lifecycle_stage, artifact_uri, experiment_id) VALUES (?, ?, 'UNKNOWN', '', '', ?, 'RUNNING', ?, '', 'active', ?, ?)`,
        ...[runId, name, userId, ...row, Number(experimentId)],
      );
      await together(made, writeKeyed(this.db, { table: "tags" }, { run_uuid: runId }, kept));
      return row;
    });
    return {
      ...{ runId, runName: name, experimentId, userId, status: "RUNNING", startTime: start, endTime: null, artifactUri },
      ...{ lifecycleStage: "active", params: keyed([]), metrics: [], tags: keyed(Object.entries(kept)) },
      ...{ datasets: [], modelInputs: [], modelOutputs: [] },
    };
  }

  async get(runId: string): Promise<Run> {
    checkRunId(runId);
    const run = (await readRuns(this.db, [runId]))[0];
    if (run) return run;
    throw missing(`Run with id=${runId} not found`);
  }

  async search(query: RunQuery): Promise<Page<Run>> {
    const { items, ...token } = await searchRunIds(this.db, query);
    return { items: await readRuns(this.db, items), ...token };
  }

  async update(runId: string, { status, endTime, runName }: RunUpdate): Promise<RunInfo> {
    return this.db.transaction(async () => {
      await this.getActive(runId);
      if (status !== undefined) await this.db.run("UPDATE runs SET status = ? WHERE run_uuid = ?", status, runId);
      if (endTime !== undefined) await this.db.run("UPDATE runs SET end_time = ? WHERE run_uuid = ?", Math.round(endTime), runId);
      if (runName !== undefined && runName !== "") await this.writeTags(runId, { [RUN_NAME]: runName });
      return (await readRunInfo(this.db, runId)) as RunInfo;
    });
  }

  /** Marks a run deleted; one that is already stays so. */
  async delete(runId: string): Promise<void> {
    await this.setStage(runId, "deleted", Date.now());
  }

  async restore(runId: string): Promise<void> {
    await this.setStage(runId, "active", null);
  }

  /** Adds a batch of any size, in parts that are within MLflow's limits. */
  async logBatch(runId: string, batch: RunBatch): Promise<void> {
    for (const part of splitBatch(batch)) await this.writeBatch(runId, part);
  }

  /** Adds one param; like a batch of one, but MLflow words a conflict differently. */
  async logParam(runId: string, key: string, value: string): Promise<void> {
    checkKey(key, "key", "Param key");
    await this.db.transaction(async () => {
      await this.getInfo(runId, { lock: true });
      const old = (await this.knownParams(runId, [key])).get(key);
      const fitted = this.fit(value, LIMITS.paramValue, key);
      if (typeof old === "string" && old !== fitted) {
        throw invalid(
          `Changing param values is not allowed. Param with key='${key}' was already logged with value='${old}' for run ID='${runId}'. ` +
            `Attempted logging new value '${fitted}'.`,
        );
      }
      await this.writeBatch(runId, { params: { [key]: value } });
    });
  }

  /** Adds a model's description to the tag in which MLflow 2 lists the models of a run. */
  async logModel(runId: string, model: object): Promise<void> {
    await this.db.transaction(async () => {
      await lockRow(this.db, "runs", "run_uuid", runId);
      const listed = parseModels((await this.get(runId)).tags[MODELS] ?? "[]");
      await this.writeBatch(runId, { tags: { [MODELS]: JSON.stringify([...listed, model]) } });
    });
  }

  async deleteTag(runId: string, key: string): Promise<void> {
    await this.getActive(runId);
    if ((await this.db.run('DELETE FROM tags WHERE run_uuid = ? AND "key" = ?', runId, key)) > 0) return;
    throw missing(`No tag with name: ${key} in run with id ${runId}`);
  }

  async logInputs(runId: string, { datasets = [], modelIds = [] }: RunInputs): Promise<void> {
    await this.db.transaction(async () => {
      const run = await this.getActive(runId);
      await writeDatasets(this.db, run, datasets);
      await writeModelInputs(this.db, run, modelIds);
    });
  }

  async logOutputs(runId: string, models: Run["modelOutputs"]): Promise<void> {
    await this.db.transaction(async () => writeModelOutputs(this.db, await this.getActive(runId), models));
  }

  /** The points of a metric, a page at a time. Throws RESOURCE_DOES_NOT_EXIST. */
  async history(
    runId: string,
    key: string,
    page: { maxResults?: number | undefined; pageToken?: string | undefined },
  ): Promise<Page<Metric>> {
    await this.getInfo(runId);
    return readHistory(this.db, { runId, key }, page);
  }

  async histories(query: HistoryQuery): Promise<RunMetric[]> {
    return readHistories(this.db, query);
  }

  /** The datasets that runs of these experiments used. */
  async datasets(experimentIds: readonly string[]): Promise<DatasetSummary[]> {
    return readDatasetSummaries(this.db, experimentIds.map(toNumber));
  }

  async getInfo(runId: string, { lock = false } = {}): Promise<RunInfo> {
    checkRunId(runId);
    const run = await readRunInfo(this.db, runId, { lock });
    if (run) return run;
    throw missing(`Run with id=${runId} not found`);
  }

  /** Nobody else writes to the run until the transaction ends. */
  private async getActive(runId: string): Promise<RunInfo> {
    const run = await this.getInfo(runId, { lock: true });
    if (run.lifecycleStage === "active") return run;
    throw invalid(`The run ${runId} must be in the 'active' state. Current state is deleted.`);
  }

  private async writeBatch(runId: string, batch: RunBatch): Promise<void> {
    checkBatch(batch);
    const { params = {}, metrics = [], tags = {} } = batch;
    await this.db.transaction(async () => {
      const run = await this.getActive(runId);
      await together(this.writeParams(runId, params), writeMetrics(this.db, run, metrics), this.writeTags(runId, tags));
    });
  }

  private async setStage(runId: string, stage: RunInfo["lifecycleStage"], deletedTime: number | null): Promise<void> {
    await this.getInfo(runId);
    await this.db.run("UPDATE runs SET lifecycle_stage = ?, deleted_time = ? WHERE run_uuid = ?", stage, deletedTime, runId);
  }

  private async writeParams(runId: string, params: Readonly<Record<string, string>>): Promise<void> {
    const fitted = Object.entries(params).map(([key, value]) => [key, this.fit(value, LIMITS.paramValue, key)] as const);
    if (fitted.length === 0) return;
    const known = await this.knownParams(
      runId,
      fitted.map(([key]) => key),
    );
    const changed = fitted.flatMap(([key, value]) => {
      const old = known.get(key);
      return typeof old === "string" && old !== value ? [{ key, old, value }] : [];
    });
    if (changed.length > 0) throw changedParams(runId, changed);
    const added = fitted.filter(([key]) => !known.has(key));
    await writeKeyed(this.db, { table: "params" }, { run_uuid: runId }, Object.fromEntries(added));
  }

  private async knownParams(runId: string, keys: readonly string[]): Promise<Map<string, string | null>> {
    const rows = await this.db.rows<[key: string, value: string]>(
      `SELECT "key", ${whole("value")} FROM params WHERE run_uuid = ? AND "key" IN ${IN_LIST}`,
      ...[runId, inList(keys)],
    );
    return new Map(rows.map(([key, value]) => [key, fromWhole(value)]));
  }

  private async writeTags(runId: string, tags: Readonly<Record<string, string>>): Promise<void> {
    await writeKeyed(this.db, { table: "tags" }, { run_uuid: runId }, this.fitTags(tags));
    const name = tags[RUN_NAME];
    if (name !== undefined) await this.db.run("UPDATE runs SET name = ? WHERE run_uuid = ?", name, runId);
  }

  private fitTags(tags: Readonly<Record<string, string>>): Record<string, string> {
    return Object.fromEntries(Object.entries(tags).map(([key, value]) => [key, this.fit(value, LIMITS.runTagValue, key)]));
  }

  private fit(value: string, limit: number, key: string): string {
    if (!this.truncate) checkLength(key, value, limit);
    return value.slice(0, limit);
  }
}

function chooseName(runName: string | undefined, tag: string | undefined): string {
  if (runName && tag && runName !== tag) {
    throw invalid(
      `Both 'run_name' argument and 'mlflow.runName' tag are specified, but with different values (run_name='${runName}', mlflow.runName='${tag}').`,
    );
  }
  return runName || tag || makeRunName();
}

function parseModels(text: string): unknown[] {
  try {
    const listed: unknown = JSON.parse(text);
    return Array.isArray(listed) ? listed : [];
  } catch {
    throw invalid(`Malformed model info. \n ${text.slice(0, 100)} \n is not valid JSON`);
  }
}

/** The answer to params that are already there with other values. */
function changedParams(runId: string, changed: readonly { key: string; old: string; value: string }[]): Error {
  const list = changed.map(({ key, old, value }) => `{'key': '${key}', 'old_value': '${old}', 'new_value': '${value}'}`);
  return invalid(`Changing param values is not allowed. Params were already logged='[${list.join(", ")}]' for run ID='${runId}'.`);
}
