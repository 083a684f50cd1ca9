import type { ModelRegistry } from "../model-registry.js";
import type { Page, SearchQuery } from "../records.js";
import type { ModelVersion, NewModelVersion, RegisteredModel, Stage } from "../registry-records.js";
import type { Connection } from "./connection.js";
import type { LoggedModels } from "./logged-models.js";
import { ModelVersions } from "./model-versions.js";
import { RegisteredModels } from "./registered-models.js";

/** The model registry of a SQLite store. */
export class SqliteRegistry implements ModelRegistry {
  private readonly models: RegisteredModels;
  private readonly versions: ModelVersions;
  private readonly logged: LoggedModels;

  constructor(db: Connection, logged: LoggedModels) {
    this.versions = new ModelVersions(db);
    this.models = new RegisteredModels(db, this.versions);
    this.logged = logged;
  }

  async createModel(model: { name: string; description?: string | undefined; tags?: Record<string, string> }): Promise<RegisteredModel> {
    return this.models.create(model);
  }

  async getModel(name: string): Promise<RegisteredModel> {
    return this.models.get(name);
  }

  async describeModel(name: string, description: string): Promise<RegisteredModel> {
    return this.models.describe(name, description);
  }

  async renameModel(name: string, newName: string): Promise<RegisteredModel> {
    return this.models.rename(name, newName);
  }

  async deleteModel(name: string): Promise<void> {
    this.models.delete(name);
  }

  async searchModels(query: SearchQuery): Promise<Page<RegisteredModel>> {
    return this.models.search(query);
  }

  async setModelTag(name: string, key: string, value: string): Promise<void> {
    this.models.setTag(name, key, value);
  }

  async deleteModelTag(name: string, key: string): Promise<void> {
    this.models.deleteTag(name, key);
  }

  async setAlias(name: string, alias: string, version: string): Promise<void> {
    this.models.setAlias(name, alias, version);
  }

  async deleteAlias(name: string, alias: string): Promise<void> {
    this.models.deleteAlias(name, alias);
  }

  async getByAlias(name: string, alias: string): Promise<ModelVersion> {
    if (alias.toLowerCase() !== "latest") return this.versions.get(name, this.models.resolveAlias(name, alias));
    this.models.get(name);
    return this.versions.newest(name);
  }

  async latestVersions(name: string, stages: readonly string[] = []): Promise<ModelVersion[]> {
    this.models.get(name);
    return this.versions.latest(name, stages);
  }

  /** A version of a logged model, or of another version, has its files there; it is noted in the logged model's tags. */
  async createVersion(version: NewModelVersion): Promise<ModelVersion> {
    const modelId = version.modelId || loggedModelIn(version.source);
    const model = modelId === undefined ? undefined : this.logged.get(modelId);
    const runId = version.runId || model?.sourceRunId || undefined;
    const created = this.versions.create({ ...version, runId }, this.storageOf(version.source));
    if (model) this.logged.noteVersion(model.modelId, created);
    return created;
  }

  async getVersion(name: string, version: string): Promise<ModelVersion> {
    return this.versions.get(name, version);
  }

  async describeVersion(name: string, version: string, description: string): Promise<ModelVersion> {
    return this.versions.describe(name, version, description);
  }

  async transition(name: string, version: string, to: { stage: Stage; archiveOthers: boolean }): Promise<ModelVersion> {
    return this.versions.transition(name, version, to);
  }

  async deleteVersion(name: string, version: string): Promise<void> {
    this.versions.delete(name, version);
  }

  async searchVersions(query: SearchQuery): Promise<Page<ModelVersion>> {
    return this.versions.search(query);
  }

  async setVersionTag({ name, version }: { name: string; version: string }, key: string, value: string): Promise<void> {
    this.versions.setTag(name, version, key, value);
  }

  async deleteVersionTag({ name, version }: { name: string; version: string }, key: string): Promise<void> {
    this.versions.deleteTag(name, version, key);
  }

  async downloadUri(name: string, version: string): Promise<string> {
    return this.versions.downloadUri(name, version);
  }

  /** Where the files of a source are. */
  private storageOf(source: string): string {
    const modelId = loggedModelIn(source);
    if (modelId !== undefined) return this.logged.get(modelId).artifactUri;
    const [, name, version] = /^models:\/+(.+)\/(\d+)$/.exec(source) ?? [];
    return name === undefined || version === undefined ? source : this.versions.downloadUri(name, version);
  }
}

function loggedModelIn(source: string): string | undefined {
  return /^models:\/+(m-[0-9a-f]{32})$/.exec(source)?.[1];
}
