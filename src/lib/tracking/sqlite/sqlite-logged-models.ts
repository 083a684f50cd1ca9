import type { LoggedModel, LoggedModelQuery, LoggedModelStatus, NewLoggedModel } from "../logged-model-records.js";
import type { Page } from "../records.js";
import type { LoggedModelStore } from "../tracking-backend.js";
import type { Connection } from "./connection.js";
import type { Experiments } from "./experiments.js";
import { LoggedModels } from "./logged-models.js";

/** The logged models of a SQLite store, as the port has them. */
export class SqliteLoggedModels implements LoggedModelStore {
  readonly models: LoggedModels;

  constructor(db: Connection, experiments: Experiments) {
    this.models = new LoggedModels(db, experiments);
  }

  async create(model: NewLoggedModel): Promise<LoggedModel> {
    return this.models.create(model);
  }

  async get(modelId: string): Promise<LoggedModel> {
    return this.models.get(modelId);
  }

  async search(query: LoggedModelQuery): Promise<Page<LoggedModel>> {
    return this.models.search(query);
  }

  async finalize(modelId: string, status: LoggedModelStatus): Promise<LoggedModel> {
    return this.models.finalize(modelId, status);
  }

  async delete(modelId: string): Promise<void> {
    this.models.delete(modelId);
  }

  async setTags(modelId: string, tags: Readonly<Record<string, string>>): Promise<LoggedModel> {
    return this.models.setTags(modelId, tags);
  }

  async deleteTag(modelId: string, key: string): Promise<void> {
    this.models.deleteTag(modelId, key);
  }

  async logParams(modelId: string, params: Readonly<Record<string, string>>): Promise<LoggedModel> {
    return this.models.logParams(modelId, params);
  }
}
