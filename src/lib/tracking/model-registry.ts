import type { Page, SearchQuery } from "./records.js";
import type { ModelVersion, NewModelVersion, RegisteredModel, Stage } from "./registry-records.js";

/** Models under names, in versions 1, 2, 3, ..., with stages and aliases. What is not there throws RESOURCE_DOES_NOT_EXIST. */
export interface ModelRegistry {
  /** Throws RESOURCE_ALREADY_EXISTS. */
  createModel(model: { name: string; description?: string | undefined; tags?: Record<string, string> }): Promise<RegisteredModel>;
  getModel(name: string): Promise<RegisteredModel>;
  describeModel(name: string, description: string): Promise<RegisteredModel>;
  renameModel(name: string, newName: string): Promise<RegisteredModel>;
  /** Deletes the model with all its versions. */
  deleteModel(name: string): Promise<void>;
  searchModels(query: SearchQuery): Promise<Page<RegisteredModel>>;
  setModelTag(name: string, key: string, value: string): Promise<void>;
  deleteModelTag(name: string, key: string): Promise<void>;

  /** Moves the alias to that version. */
  setAlias(name: string, alias: string, version: string): Promise<void>;
  deleteAlias(name: string, alias: string): Promise<void>;
  getByAlias(name: string, alias: string): Promise<ModelVersion>;
  /** The newest version of each of the stages (all stages when none is named). */
  latestVersions(name: string, stages?: readonly string[]): Promise<ModelVersion[]>;

  createVersion(version: NewModelVersion): Promise<ModelVersion>;
  getVersion(name: string, version: string): Promise<ModelVersion>;
  describeVersion(name: string, version: string, description: string): Promise<ModelVersion>;
  /** With `archiveOthers` the versions that were in that stage go to Archived. */
  transition(name: string, version: string, to: { stage: Stage; archiveOthers: boolean }): Promise<ModelVersion>;
  deleteVersion(name: string, version: string): Promise<void>;
  searchVersions(query: SearchQuery): Promise<Page<ModelVersion>>;
  setVersionTag(version: { name: string; version: string }, key: string, value: string): Promise<void>;
  deleteVersionTag(version: { name: string; version: string }, key: string): Promise<void>;
  /** Where the files of a version are. */
  downloadUri(name: string, version: string): Promise<string>;
}
