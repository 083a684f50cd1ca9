import type { ModelRegistry } from "../model-registry.js";
import type { Page, SearchQuery } from "../records.js";
import type { ModelVersion, NewModelVersion, RegisteredModel, Stage } from "../registry-records.js";
import { modelFromWire, versionFromWire, type WireModelVersion, type WireRegisteredModel } from "../wire/registry.js";
import { toPairs } from "../wire/values.js";
import type { HttpClient, HttpRequest } from "./http-client.js";

const API = "/api/2.0/mlflow";

interface ModelAnswer {
  registered_model: WireRegisteredModel;
}
interface VersionAnswer {
  model_version: WireModelVersion;
}

/** The model registry of a tracking server. */
export class RestRegistry implements ModelRegistry {
  private readonly http: HttpClient;

  constructor(http: HttpClient) {
    this.http = http;
  }

  async createModel({
    name,
    description,
    tags = {},
  }: {
    name: string;
    description?: string | undefined;
    tags?: Record<string, string>;
  }): Promise<RegisteredModel> {
    return this.model("POST", "create", { name, description, tags: toPairs(tags) });
  }

  async getModel(name: string): Promise<RegisteredModel> {
    return modelFromWire((await this.get<ModelAnswer>("registered-models/get", { name })).registered_model);
  }

  async describeModel(name: string, description: string): Promise<RegisteredModel> {
    return this.model("PATCH", "update", { name, description });
  }

  async renameModel(name: string, newName: string): Promise<RegisteredModel> {
    return this.model("POST", "rename", { name, new_name: newName });
  }

  async deleteModel(name: string): Promise<void> {
    await this.send("DELETE", "registered-models/delete", { name });
  }

  async searchModels(query: SearchQuery): Promise<Page<RegisteredModel>> {
    const answer = await this.get<{ registered_models?: WireRegisteredModel[]; next_page_token?: string }>(
      "registered-models/search",
      toQuery(query),
    );
    return { items: (answer.registered_models ?? []).map(modelFromWire), nextPageToken: answer.next_page_token };
  }

  async setModelTag(name: string, key: string, value: string): Promise<void> {
    await this.send("POST", "registered-models/set-tag", { name, key, value });
  }

  async deleteModelTag(name: string, key: string): Promise<void> {
    await this.send("DELETE", "registered-models/delete-tag", { name, key });
  }

  async setAlias(name: string, alias: string, version: string): Promise<void> {
    await this.send("POST", "registered-models/alias", { name, alias, version });
  }

  async deleteAlias(name: string, alias: string): Promise<void> {
    await this.send("DELETE", "registered-models/alias", { name, alias });
  }

  async getByAlias(name: string, alias: string): Promise<ModelVersion> {
    return versionFromWire((await this.get<VersionAnswer>("registered-models/alias", { name, alias })).model_version);
  }

  async latestVersions(name: string, stages: readonly string[] = []): Promise<ModelVersion[]> {
    const answer = await this.send<{ model_versions?: WireModelVersion[] }>("POST", "registered-models/get-latest-versions", {
      name,
      stages,
    });
    return (answer.model_versions ?? []).map(versionFromWire);
  }

  async createVersion({ name, source, runId, runLink, description, tags = {}, modelId }: NewModelVersion): Promise<ModelVersion> {
    const body = { name, source, run_id: runId, run_link: runLink, description, tags: toPairs(tags), model_id: modelId };
    return this.version("POST", "create", body);
  }

  async getVersion(name: string, version: string): Promise<ModelVersion> {
    return versionFromWire((await this.get<VersionAnswer>("model-versions/get", { name, version })).model_version);
  }

  async describeVersion(name: string, version: string, description: string): Promise<ModelVersion> {
    return this.version("PATCH", "update", { name, version, description });
  }

  async transition(
    name: string,
    version: string,
    { stage, archiveOthers }: { stage: Stage; archiveOthers: boolean },
  ): Promise<ModelVersion> {
    return this.version("POST", "transition-stage", { name, version, stage, archive_existing_versions: archiveOthers });
  }

  async deleteVersion(name: string, version: string): Promise<void> {
    await this.send("DELETE", "model-versions/delete", { name, version });
  }

  async searchVersions(query: SearchQuery): Promise<Page<ModelVersion>> {
    const answer = await this.get<{ model_versions?: WireModelVersion[]; next_page_token?: string }>(
      "model-versions/search",
      toQuery(query),
    );
    return { items: (answer.model_versions ?? []).map(versionFromWire), nextPageToken: answer.next_page_token };
  }

  async setVersionTag({ name, version }: { name: string; version: string }, key: string, value: string): Promise<void> {
    await this.send("POST", "model-versions/set-tag", { name, version, key, value });
  }

  async deleteVersionTag({ name, version }: { name: string; version: string }, key: string): Promise<void> {
    await this.send("DELETE", "model-versions/delete-tag", { name, version, key });
  }

  async downloadUri(name: string, version: string): Promise<string> {
    return (await this.get<{ artifact_uri: string }>("model-versions/get-download-uri", { name, version })).artifact_uri;
  }

  private async model(method: HttpRequest["method"], call: string, body: object): Promise<RegisteredModel> {
    return modelFromWire((await this.send<ModelAnswer>(method, `registered-models/${call}`, body)).registered_model);
  }

  private async version(method: HttpRequest["method"], call: string, body: object): Promise<ModelVersion> {
    return versionFromWire((await this.send<VersionAnswer>(method, `model-versions/${call}`, body)).model_version);
  }

  private async get<T>(path: string, query: NonNullable<HttpRequest["query"]>): Promise<T> {
    return this.http.json<T>({ method: "GET", path: `${API}/${path}`, query });
  }

  private async send<T>(method: HttpRequest["method"], path: string, json: object): Promise<T> {
    return this.http.json<T>({ method, path: `${API}/${path}`, json });
  }
}

function toQuery({ filter, orderBy, maxResults, pageToken }: SearchQuery) {
  return { filter: filter === "" ? undefined : filter, order_by: orderBy, max_results: maxResults, page_token: pageToken };
}
