import type { ModelRegistry } from "../model-registry.js";
import { readModelSource } from "../model-source.js";
import type { Page, SearchQuery } from "../records.js";
import type { ModelVersion, NewModelVersion, RegisteredModel, Stage } from "../registry-records.js";
import type { SqlParts, SqlSessions } from "./sql-parts.js";

/** The model registry of a store. */
export class SqlRegistry implements ModelRegistry {
  private readonly sessions: SqlSessions;

  constructor(sessions: SqlSessions) {
    this.sessions = sessions;
  }

  async createModel(model: { name: string; description?: string | undefined; tags?: Record<string, string> }): Promise<RegisteredModel> {
    return this.sessions.use(({ models }) => models.create(model));
  }

  async getModel(name: string): Promise<RegisteredModel> {
    return this.sessions.use(({ models }) => models.get(name));
  }

  async describeModel(name: string, description: string): Promise<RegisteredModel> {
    return this.sessions.use(({ models }) => models.describe(name, description));
  }

  async renameModel(name: string, newName: string): Promise<RegisteredModel> {
    return this.sessions.use(({ models }) => models.rename(name, newName));
  }

  async deleteModel(name: string): Promise<void> {
    return this.sessions.use(({ models }) => models.delete(name));
  }

  async searchModels(query: SearchQuery): Promise<Page<RegisteredModel>> {
    return this.sessions.use(({ models }) => models.search(query));
  }

  async setModelTag(name: string, key: string, value: string): Promise<void> {
    return this.sessions.use(({ models }) => models.setTag(name, key, value));
  }

  async deleteModelTag(name: string, key: string): Promise<void> {
    return this.sessions.use(({ models }) => models.deleteTag(name, key));
  }

  async setAlias(name: string, alias: string, version: string): Promise<void> {
    return this.sessions.use(({ models }) => models.setAlias(name, alias, version));
  }

  async deleteAlias(name: string, alias: string): Promise<void> {
    return this.sessions.use(({ models }) => models.deleteAlias(name, alias));
  }

  async getByAlias(name: string, alias: string): Promise<ModelVersion> {
    return this.sessions.use(async ({ models, versions }) => {
      if (alias.toLowerCase() !== "latest") return versions.get(name, await models.resolveAlias(name, alias));
      await models.get(name);
      return versions.newest(name);
    });
  }

  async latestVersions(name: string, stages: readonly string[] = []): Promise<ModelVersion[]> {
    return this.sessions.use(async ({ models, versions }) => {
      await models.get(name);
      return versions.latest(name, stages);
    });
  }

  /** A version of a logged model, or of another version, has its files there; it is noted in the logged model's tags. */
  async createVersion(version: NewModelVersion): Promise<ModelVersion> {
    return this.sessions.use(async (parts) => parts.db.transaction(() => createVersion(parts, version)));
  }

  async getVersion(name: string, version: string): Promise<ModelVersion> {
    return this.sessions.use(({ versions }) => versions.get(name, version));
  }

  async describeVersion(name: string, version: string, description: string): Promise<ModelVersion> {
    return this.sessions.use(({ versions }) => versions.describe(name, version, description));
  }

  async transition(name: string, version: string, to: { stage: Stage; archiveOthers: boolean }): Promise<ModelVersion> {
    return this.sessions.use(({ versions }) => versions.transition(name, version, to));
  }

  async deleteVersion(name: string, version: string): Promise<void> {
    return this.sessions.use(({ versions }) => versions.delete(name, version));
  }

  async searchVersions(query: SearchQuery): Promise<Page<ModelVersion>> {
    return this.sessions.use(({ versions }) => versions.search(query));
  }

  async setVersionTag({ name, version }: { name: string; version: string }, key: string, value: string): Promise<void> {
    return this.sessions.use(({ versions }) => versions.setTag(name, version, key, value));
  }

  async deleteVersionTag({ name, version }: { name: string; version: string }, key: string): Promise<void> {
    return this.sessions.use(({ versions }) => versions.deleteTag(name, version, key));
  }

  async downloadUri(name: string, version: string): Promise<string> {
    return this.sessions.use(({ versions }) => versions.downloadUri(name, version));
  }
}

async function createVersion(parts: SqlParts, version: NewModelVersion): Promise<ModelVersion> {
  const source = readModelSource(version.source);
  const modelId = version.modelId || (source && "loggedModel" in source ? source.loggedModel : undefined);
  const model = modelId === undefined ? undefined : await parts.loggedModels.get(modelId);
  const runId = version.runId || model?.sourceRunId || undefined;
  const created = await parts.versions.create({ ...version, runId }, await storageOf(parts, version.source));
  if (model) await parts.loggedModels.noteVersion(model.modelId, created);
  return created;
}

/** Where the files of a source are. */
async function storageOf({ loggedModels, versions }: SqlParts, source: string): Promise<string> {
  const model = readModelSource(source);
  if (model === undefined) return source;
  return "name" in model ? versions.downloadUri(model.name, model.version) : (await loggedModels.get(model.loggedModel)).artifactUri;
}
