import { randomUUID } from "node:crypto";
import { LlmopsError } from "../../errors/llmops-error.js";
import { ArtifactFolder } from "../artifact-folder.js";
import type { DatasetInput, Experiment, NewRun, Run, RunBatch, RunStatus } from "../records.js";
import type { TrackingStore } from "../tracking-store.js";
import { closeDatabase, openDatabase, type SqliteDatabase } from "./open-database.js";
import { readRuns, writeBatch } from "./run-rows.js";

interface ExperimentRow {
  experiment_id: number;
  name: string;
  artifact_location: string;
  lifecycle_stage: Experiment["lifecycleStage"];
  creation_time: number;
  last_update_time: number;
}

export interface SqliteStoreOptions {
  databasePath: string;
  artifactRoot: string;
  /** Create what is missing; otherwise a missing store is STORE_NOT_FOUND. */
  create: boolean;
}

/** The embedded store: a SQLite file with MLflow 3.6's schema and a folder of artifacts. */
export class SqliteStore implements TrackingStore {
  readonly uri: string;
  private readonly database: SqliteDatabase;
  private readonly artifacts: ArtifactFolder;

  /** Opens or creates the store. Throws STORE_UNWRITABLE, STORE_NOT_FOUND or STORE_INCOMPATIBLE. */
  constructor({ databasePath, artifactRoot, create }: SqliteStoreOptions) {
    this.uri = `sqlite:///${databasePath}`;
    this.database = openDatabase(databasePath, { create });
    this.artifacts = new ArtifactFolder(artifactRoot);
    if (!create) return;
    this.artifacts.prepare();
    this.insertDefaultExperiment();
  }

  async ensureExperiment(name: string): Promise<Experiment> {
    return this.transaction(() => {
      const found = this.findExperiment(name);
      if (found?.lifecycleStage === "deleted") {
        throw new LlmopsError("STORE_INCOMPATIBLE", `The experiment "${name}" was deleted.`, {
          hint: "Choose another name with --experiment, or restore it.",
        });
      }
      return found ?? this.insertExperiment(name);
    });
  }

  async listExperiments(): Promise<Experiment[]> {
    const query = "SELECT * FROM experiments WHERE lifecycle_stage = 'active' ORDER BY creation_time DESC, experiment_id";
    return (this.database.prepare(query).all() as ExperimentRow[]).map(toExperiment);
  }

  async createRun({ experimentId, runName, startTime, tags = {} }: NewRun): Promise<Run> {
    const runId = randomUUID().replaceAll("-", "");
    const artifactUri = `mlflow-artifacts:/${experimentId}/${runId}/artifacts`;
    this.transaction(() => {
      this.database
        .prepare(
          `INSERT INTO runs (run_uuid, name, source_type, source_name, entry_point_name, user_id, status, start_time, source_version,
           lifecycle_stage, artifact_uri, experiment_id) VALUES (?, ?, 'UNKNOWN', '', '', ?, 'RUNNING', ?, '', 'active', ?, ?)`,
        )
        .run(runId, runName, tags["mlflow.user"] ?? "", startTime, artifactUri, Number(experimentId));
      writeBatch(this.database, runId, { tags: { "mlflow.runName": runName, ...tags } });
    });
    return this.getRun(runId);
  }

  async logBatch(runId: string, batch: RunBatch): Promise<void> {
    this.transaction(() => writeBatch(this.database, runId, batch));
  }

  async logDataset(runId: string, dataset: DatasetInput): Promise<void> {
    const run = await this.getRun(runId);
    this.transaction(() => {
      const key = [Number(run.experimentId), dataset.name, dataset.digest];
      this.database
        .prepare("INSERT OR IGNORE INTO datasets VALUES (?, ?, ?, ?, ?, ?, ?, ?)")
        .run(randomUUID(), ...key, dataset.sourceType, dataset.source, dataset.schema, dataset.profile);
      const select = "SELECT dataset_uuid FROM datasets WHERE experiment_id = ? AND name = ? AND digest = ?";
      const { dataset_uuid: id } = this.database.prepare(select).get(...key) as { dataset_uuid: string };
      const input = randomUUID();
      this.database.prepare("INSERT OR IGNORE INTO inputs VALUES (?, 'DATASET', ?, 'RUN', ?, 0)").run(input, id, runId);
      this.database.prepare("INSERT INTO input_tags VALUES (?, 'mlflow.data.context', ?)").run(input, dataset.context);
    });
  }

  async logArtifact(runId: string, path: string, content: string | Uint8Array): Promise<void> {
    const { artifactUri } = await this.getRun(runId);
    await this.artifacts.write(artifactUri, path, content);
  }

  async endRun(runId: string, status: RunStatus, endTime: number): Promise<void> {
    this.transaction(() =>
      this.database.prepare("UPDATE runs SET status = ?, end_time = ? WHERE run_uuid = ?").run(status, endTime, runId),
    );
  }

  async getRun(runId: string): Promise<Run> {
    const run = readRuns(this.database, "WHERE run_uuid = ?", [runId])[0];
    if (run) return run;
    throw new LlmopsError("STORE_NOT_FOUND", `There is no run ${runId} in ${this.uri}.`, {
      hint: "See `llmops mlflow runs` for the runs there are.",
    });
  }

  async listRuns(experimentIds: readonly string[], limit: number): Promise<Run[]> {
    const places = experimentIds.map(() => "?").join(", ");
    const where = `WHERE lifecycle_stage = 'active' AND experiment_id IN (${places}) ORDER BY start_time DESC, rowid DESC LIMIT ?`;
    return readRuns(this.database, where, [...experimentIds.map(Number), limit]);
  }

  async close(): Promise<void> {
    closeDatabase(this.database);
  }

  private insertDefaultExperiment(): void {
    const now = Date.now();
    this.database.prepare("INSERT OR IGNORE INTO experiments VALUES (0, 'Default', 'mlflow-artifacts:/0', 'active', ?, ?)").run(now, now);
  }

  private findExperiment(name: string): Experiment | undefined {
    const row = this.database.prepare("SELECT * FROM experiments WHERE name = ?").get(name) as ExperimentRow | undefined;
    return row && toExperiment(row);
  }

  private insertExperiment(name: string): Experiment {
    const now = Date.now();
    const { lastInsertRowid } = this.database
      .prepare("INSERT INTO experiments (name, lifecycle_stage, creation_time, last_update_time) VALUES (?, 'active', ?, ?)")
      .run(name, now, now);
    const id = Number(lastInsertRowid);
    this.database.prepare("UPDATE experiments SET artifact_location = ? WHERE experiment_id = ?").run(`mlflow-artifacts:/${id}`, id);
    return this.findExperiment(name) as Experiment;
  }

  private transaction<T>(work: () => T): T {
    this.database.exec("BEGIN IMMEDIATE");
    try {
      const result = work();
      this.database.exec("COMMIT");
      return result;
    } catch (error) {
      this.database.exec("ROLLBACK");
      throw error;
    }
  }
}

function toExperiment(row: ExperimentRow): Experiment {
  return {
    experimentId: String(row.experiment_id),
    name: row.name,
    artifactLocation: row.artifact_location,
    lifecycleStage: row.lifecycle_stage,
    creationTime: row.creation_time,
    lastUpdateTime: row.last_update_time,
  };
}
