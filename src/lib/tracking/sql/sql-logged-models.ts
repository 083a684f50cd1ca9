import type { LoggedModel, LoggedModelQuery, LoggedModelStatus, NewLoggedModel } from "../logged-model-records.js";
import type { Page } from "../records.js";
import type { LoggedModelStore } from "../tracking-backend.js";
import type { SqlSessions } from "./sql-parts.js";

/** The logged models of a store, as the port has them. */
export class SqlLoggedModels implements LoggedModelStore {
  private readonly sessions: SqlSessions;

  constructor(sessions: SqlSessions) {
    this.sessions = sessions;
  }

  async create(model: NewLoggedModel): Promise<LoggedModel> {
    return this.sessions.use(({ loggedModels }) => loggedModels.create(model));
  }

  async get(modelId: string): Promise<LoggedModel> {
    return this.sessions.use(({ loggedModels }) => loggedModels.get(modelId));
  }

  async search(query: LoggedModelQuery): Promise<Page<LoggedModel>> {
    return this.sessions.use(({ loggedModels }) => loggedModels.search(query));
  }

  async finalize(modelId: string, status: LoggedModelStatus): Promise<LoggedModel> {
    return this.sessions.use(({ loggedModels }) => loggedModels.finalize(modelId, status));
  }

  async delete(modelId: string): Promise<void> {
    return this.sessions.use(({ loggedModels }) => loggedModels.delete(modelId));
  }

  async setTags(modelId: string, tags: Readonly<Record<string, string>>): Promise<LoggedModel> {
    return this.sessions.use(({ loggedModels }) => loggedModels.setTags(modelId, tags));
  }

  async deleteTag(modelId: string, key: string): Promise<void> {
    return this.sessions.use(({ loggedModels }) => loggedModels.deleteTag(modelId, key));
  }

  async logParams(modelId: string, params: Readonly<Record<string, string>>): Promise<LoggedModel> {
    return this.sessions.use(({ loggedModels }) => loggedModels.logParams(modelId, params));
  }
}
