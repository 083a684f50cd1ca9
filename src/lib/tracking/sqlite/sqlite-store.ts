import type { Readable } from "node:stream";
import type { ArtifactStore } from "../artifact-store.js";
import type { JudgedCall } from "../judged-call.js";
import type {
  DatasetSummary,
  Experiment,
  FileInfo,
  HistoryQuery,
  Metric,
  NewExperiment,
  NewRun,
  Page,
  Purged,
  PurgeQuery,
  Run,
  RunBatch,
  RunInfo,
  RunInputs,
  RunMetric,
  RunQuery,
  RunUpdate,
  SearchQuery,
} from "../records.js";
import type { TrackingBackend } from "../tracking-backend.js";
import type { ArtifactContent } from "../tracking-store.js";
import type { Connection } from "./connection.js";
import { Experiments } from "./experiments.js";
import { openDatabase } from "./open-database.js";
import { purgeDeleted, purgeExperiment } from "./purge.js";
import { Runs } from "./runs.js";
import { SqliteLoggedModels } from "./sqlite-logged-models.js";
import { SqliteRegistry } from "./sqlite-registry.js";
import { SqliteTraces } from "./sqlite-traces.js";
import { SqliteViews } from "./views/sqlite-views.js";

export interface SqliteStoreOptions {
  databasePath: string;
  artifacts: ArtifactStore;
  /** Create what is missing; otherwise a missing store is STORE_NOT_FOUND. */
  create: boolean;
  /** Cut values that are too long, as MLflow does (default), instead of refusing them. */
  truncate?: boolean;
}

/** The embedded store: a SQLite file with MLflow 3.6's schema and a folder of artifacts. */
export class SqliteStore implements TrackingBackend {
  readonly uri: string;
  readonly registry: SqliteRegistry;
  readonly traces: SqliteTraces;
  readonly loggedModels: SqliteLoggedModels;
  readonly views: SqliteViews;
  readonly artifacts: ArtifactStore;
  private readonly db: Connection;
  private readonly experiments: Experiments;
  private readonly runs: Runs;

  /** Opens or creates the store. Throws STORE_UNWRITABLE, STORE_NOT_FOUND or STORE_INCOMPATIBLE. */
  constructor({ databasePath, artifacts, create, truncate = true }: SqliteStoreOptions) {
    this.uri = `sqlite:///${databasePath}`;
    this.db = openDatabase(databasePath, { create });
    this.views = new SqliteViews(databasePath, () => this.version());
    this.artifacts = artifacts;
    this.experiments = new Experiments(this.db);
    this.runs = new Runs(this.db, this.experiments, { truncate });
    this.traces = new SqliteTraces(this.db, this.experiments);
    this.loggedModels = new SqliteLoggedModels(this.db, this.experiments);
    this.registry = new SqliteRegistry(this.db, this.loggedModels.models);
    if (!create) return;
    this.artifacts.prepare();
    this.experiments.insertDefault();
  }

  identity(): string | undefined {
    return this.db.identity;
  }

  writesOfOthers(): number {
    if (this.db.identity === undefined) return -1;
    return this.db.get<{ data_version: number }>("PRAGMA data_version")?.data_version ?? 0;
  }

  /** Differs after every write, of this process or another one. */
  private version(): string {
    return `${this.writesOfOthers()} ${this.db.get<{ n: number }>("SELECT total_changes() AS n")?.n}`;
  }

  async createExperiment(experiment: NewExperiment): Promise<Experiment> {
    return this.experiments.create(experiment);
  }

  async getExperiment(experimentId: string): Promise<Experiment> {
    return this.experiments.get(experimentId);
  }

  async findExperiment(name: string): Promise<Experiment | undefined> {
    return this.experiments.find(name);
  }

  async searchExperiments(query: SearchQuery): Promise<Page<Experiment>> {
    return this.experiments.search(query);
  }

  async renameExperiment(experimentId: string, name: string): Promise<void> {
    this.experiments.rename(experimentId, name);
  }

  async deleteExperiment(experimentId: string): Promise<void> {
    this.experiments.delete(experimentId);
  }

  async restoreExperiment(experimentId: string): Promise<void> {
    this.experiments.restore(experimentId);
  }

  async setExperimentTag(experimentId: string, key: string, value: string): Promise<void> {
    this.experiments.setTag(experimentId, key, value);
  }

  async deleteExperimentTag(experimentId: string, key: string): Promise<void> {
    this.experiments.deleteTag(experimentId, key);
  }

  async createRun(run: NewRun): Promise<Run> {
    return this.runs.create(run);
  }

  async getRun(runId: string): Promise<Run> {
    return this.runs.get(runId);
  }

  async getRunInfo(runId: string): Promise<RunInfo> {
    return this.runs.getInfo(runId);
  }

  async updateRun(runId: string, update: RunUpdate): Promise<RunInfo> {
    return this.runs.update(runId, update);
  }

  async deleteRun(runId: string): Promise<void> {
    this.runs.delete(runId);
  }

  async restoreRun(runId: string): Promise<void> {
    this.runs.restore(runId);
  }

  async searchRuns(query: RunQuery): Promise<Page<Run>> {
    return this.runs.search(query);
  }

  async logBatch(runId: string, batch: RunBatch): Promise<void> {
    this.runs.logBatch(runId, batch);
  }

  async logParam(runId: string, key: string, value: string): Promise<void> {
    this.runs.logParam(runId, key, value);
  }

  async deleteTag(runId: string, key: string): Promise<void> {
    this.runs.deleteTag(runId, key);
  }

  async metricHistory(
    runId: string,
    key: string,
    page: { maxResults?: number | undefined; pageToken?: string | undefined },
  ): Promise<Page<Metric>> {
    return this.runs.history(runId, key, page);
  }

  async metricHistories(query: HistoryQuery): Promise<RunMetric[]> {
    return this.runs.histories(query);
  }

  async logInputs(runId: string, inputs: RunInputs): Promise<void> {
    this.runs.logInputs(runId, inputs);
  }

  async logOutputs(runId: string, models: Run["modelOutputs"]): Promise<void> {
    this.runs.logOutputs(runId, models);
  }

  async logModel(runId: string, model: object): Promise<void> {
    this.runs.logModel(runId, model);
  }

  async searchDatasets(experimentIds: readonly string[]): Promise<DatasetSummary[]> {
    return this.runs.datasets(experimentIds);
  }

  async logJudgedCalls(runId: string, calls: readonly JudgedCall[]): Promise<boolean> {
    this.runs.getInfo(runId);
    this.traces.logJudged(runId, calls);
    return true;
  }

  async listArtifacts(runId: string, path: string): Promise<FileInfo[]> {
    return this.artifacts.list(this.runs.getInfo(runId).artifactUri, path);
  }

  async readArtifact(runId: string, path: string): Promise<Readable> {
    return this.artifacts.read(this.runs.getInfo(runId).artifactUri, path);
  }

  async writeArtifact(runId: string, path: string, content: ArtifactContent): Promise<void> {
    await this.artifacts.write(this.runs.getInfo(runId).artifactUri, path, content);
  }

  async fetchArtifacts(artifactUri: string, path: string): Promise<string> {
    return this.artifacts.find(artifactUri, path);
  }

  async purgeDeleted(query: PurgeQuery): Promise<Purged> {
    return purgeDeleted(this.db, this.artifacts, query);
  }

  async purgeExperiment(experimentId: string): Promise<Purged> {
    return purgeExperiment(this.db, this.artifacts, experimentId);
  }

  async confirm(): Promise<void> {
    this.db.confirm();
    this.artifacts.confirm();
  }

  abandon(): void {
    // nothing here waits for anybody
  }

  async close(): Promise<void> {
    await this.views.close();
    this.db.close();
  }
}
