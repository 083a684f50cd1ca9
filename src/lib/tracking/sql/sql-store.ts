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
import type { StoreViews } from "../store-views.js";
import { purgeDeleted, purgeExperiment } from "./purge.js";
import type { SqlDatabase } from "./sql-database.js";
import { SqlLoggedModels } from "./sql-logged-models.js";
import { SqlSessions } from "./sql-parts.js";
import { SqlRegistry } from "./sql-registry.js";
import { SqlTraces } from "./sql-traces.js";

/** Views that end with their store. */
interface SqlStoreViews extends StoreViews {
  close(): Promise<void>;
}

export interface SqlStoreParts {
  database: SqlDatabase;
  views: SqlStoreViews;
  artifacts: ArtifactStore;
  /** Cut values that are too long, as MLflow does (default), instead of refusing them. */
  truncate?: boolean;
}

/** A tracking store in a database with MLflow 3.6's schema, and its files. */
export class SqlStore implements TrackingBackend {
  readonly registry: SqlRegistry;
  readonly traces: SqlTraces;
  readonly loggedModels: SqlLoggedModels;
  readonly views: SqlStoreViews;
  readonly artifacts: ArtifactStore;
  private readonly database: SqlDatabase;
  private readonly sessions: SqlSessions;

  constructor({ database, views, artifacts, truncate = true }: SqlStoreParts) {
    this.database = database;
    this.sessions = new SqlSessions(database, { truncate, defaultRoot: artifacts.places.defaultRoot });
    this.views = views;
    this.artifacts = artifacts;
    this.traces = new SqlTraces(this.sessions);
    this.loggedModels = new SqlLoggedModels(this.sessions);
    this.registry = new SqlRegistry(this.sessions);
  }

  get uri(): string {
    return this.database.uri;
  }

  identity(): string | undefined {
    return this.database.identity();
  }

  async writesOfOthers(): Promise<string> {
    return this.database.version({ own: false });
  }

  async createExperiment(experiment: NewExperiment): Promise<Experiment> {
    return this.sessions.use(({ experiments }) => experiments.create(experiment));
  }

  async getExperiment(experimentId: string): Promise<Experiment> {
    return this.sessions.use(({ experiments }) => experiments.get(experimentId));
  }

  async findExperiment(name: string): Promise<Experiment | undefined> {
    return this.sessions.use(({ experiments }) => experiments.find(name));
  }

  async searchExperiments(query: SearchQuery): Promise<Page<Experiment>> {
    return this.sessions.use(({ experiments }) => experiments.search(query));
  }

  async renameExperiment(experimentId: string, name: string): Promise<void> {
    return this.sessions.use(({ experiments }) => experiments.rename(experimentId, name));
  }

  async deleteExperiment(experimentId: string): Promise<void> {
    return this.sessions.use(({ experiments }) => experiments.delete(experimentId));
  }

  async restoreExperiment(experimentId: string): Promise<void> {
    return this.sessions.use(({ experiments }) => experiments.restore(experimentId));
  }

  async setExperimentTag(experimentId: string, key: string, value: string): Promise<void> {
    return this.sessions.use(({ experiments }) => experiments.setTag(experimentId, key, value));
  }

  async deleteExperimentTag(experimentId: string, key: string): Promise<void> {
    return this.sessions.use(({ experiments }) => experiments.deleteTag(experimentId, key));
  }

  async createRun(run: NewRun): Promise<Run> {
    return this.sessions.use(({ runs }) => runs.create(run));
  }

  async getRun(runId: string): Promise<Run> {
    return this.sessions.use(({ runs }) => runs.get(runId));
  }

  async getRunInfo(runId: string): Promise<RunInfo> {
    return this.sessions.use(({ runs }) => runs.getInfo(runId));
  }

  async updateRun(runId: string, update: RunUpdate): Promise<RunInfo> {
    return this.sessions.use(({ runs }) => runs.update(runId, update));
  }

  async deleteRun(runId: string): Promise<void> {
    return this.sessions.use(({ runs }) => runs.delete(runId));
  }

  async restoreRun(runId: string): Promise<void> {
    return this.sessions.use(({ runs }) => runs.restore(runId));
  }

  async searchRuns(query: RunQuery): Promise<Page<Run>> {
    return this.sessions.use(({ runs }) => runs.search(query));
  }

  async logBatch(runId: string, batch: RunBatch): Promise<void> {
    return this.sessions.use(({ runs }) => runs.logBatch(runId, batch));
  }

  async logParam(runId: string, key: string, value: string): Promise<void> {
    return this.sessions.use(({ runs }) => runs.logParam(runId, key, value));
  }

  async deleteTag(runId: string, key: string): Promise<void> {
    return this.sessions.use(({ runs }) => runs.deleteTag(runId, key));
  }

  async metricHistory(
    runId: string,
    key: string,
    page: { maxResults?: number | undefined; pageToken?: string | undefined },
  ): Promise<Page<Metric>> {
    return this.sessions.use(({ runs }) => runs.history(runId, key, page));
  }

  async metricHistories(query: HistoryQuery): Promise<RunMetric[]> {
    return this.sessions.use(({ runs }) => runs.histories(query));
  }

  async logInputs(runId: string, inputs: RunInputs): Promise<void> {
    return this.sessions.use(({ runs }) => runs.logInputs(runId, inputs));
  }

  async logOutputs(runId: string, models: Run["modelOutputs"]): Promise<void> {
    return this.sessions.use(({ runs }) => runs.logOutputs(runId, models));
  }

  async logModel(runId: string, model: object): Promise<void> {
    return this.sessions.use(({ runs }) => runs.logModel(runId, model));
  }

  async searchDatasets(experimentIds: readonly string[]): Promise<DatasetSummary[]> {
    return this.sessions.use(({ runs }) => runs.datasets(experimentIds));
  }

  async logJudgedCalls(runId: string, calls: readonly JudgedCall[]): Promise<boolean> {
    await this.sessions.use(async ({ runs, traces }) => {
      await runs.getInfo(runId);
      await traces.putJudged(runId, calls);
    });
    return true;
  }

  async listArtifacts(runId: string, path: string): Promise<FileInfo[]> {
    return this.artifacts.list(await this.placeOfFiles(runId), path);
  }

  async readArtifact(runId: string, path: string): Promise<Readable> {
    return this.artifacts.read(await this.placeOfFiles(runId), path);
  }

  async writeArtifact(runId: string, path: string, content: ArtifactContent): Promise<void> {
    await this.artifacts.write(await this.placeOfFiles(runId), path, content);
  }

  async fetchArtifacts(artifactUri: string, path: string, folder: string): Promise<string> {
    return this.artifacts.fetch(artifactUri, path, folder);
  }

  async purgeDeleted(query: PurgeQuery): Promise<Purged> {
    return purgeDeleted(this.sessions, this.artifacts, query);
  }

  async purgeExperiment(experimentId: string): Promise<Purged> {
    return purgeExperiment(this.sessions, this.artifacts, experimentId);
  }

  async confirm(): Promise<void> {
    await this.database.confirm();
    this.artifacts.confirm();
  }

  abandon(): void {
    // nothing here waits for anybody
  }

  async close(): Promise<void> {
    await this.views.close();
    await this.database.close();
  }

  private async placeOfFiles(runId: string): Promise<string> {
    return (await this.getRunInfo(runId)).artifactUri;
  }
}
