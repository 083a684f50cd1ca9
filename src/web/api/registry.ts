import { get, MLFLOW, OWN, post, write } from "./client.js";

export const STAGES = ["None", "Staging", "Production", "Archived"] as const;
export type Stage = (typeof STAGES)[number];

export interface Tag {
  key: string;
  value: string;
}

export interface ModelVersion {
  name: string;
  version: string;
  /** Milliseconds since 1970. */
  creation_timestamp?: number;
  current_stage?: Stage;
  description?: string;
  source?: string;
  run_id?: string;
  user_id?: string;
  status?: string;
  status_message?: string;
  tags?: Tag[];
  aliases?: string[];
}

export interface RegisteredModel {
  name: string;
  creation_timestamp?: number;
  last_updated_timestamp?: number;
  description?: string;
  latest_versions?: ModelVersion[];
  tags?: Tag[];
  aliases?: { alias: string; version: string }[];
}

/** A model that a run made, as MLflow 3 records it. */
export interface LoggedModel {
  info: {
    model_id: string;
    experiment_id: string;
    name?: string;
    creation_timestamp_ms?: number;
    model_type?: string;
    source_run_id?: string;
    status?: string | number;
  };
}

export interface Requirement {
  requirement: string;
  state: "met" | "not met" | "cannot tell" | "too much failed";
  evidence: string;
  hint: string | null;
}

/** What `llmops mlflow promote` takes. */
export interface PromotionRequest {
  name: string;
  version: string;
  alias?: string;
  stage?: string;
  archive_existing_versions?: boolean;
  require?: string[];
  min_effect?: number;
  max_failed?: string;
  dry_run?: boolean;
}

export interface PromotionAnswer {
  promoted: boolean;
  requirements: Requirement[];
  version: ModelVersion;
}

const MODELS = `${MLFLOW}/registered-models`;
const VERSIONS = `${MLFLOW}/model-versions`;
const PAGE = 1000;

/** All registered models in order of their names. Throws ApiError. */
export async function listModels(signal?: AbortSignal): Promise<RegisteredModel[]> {
  const found: RegisteredModel[] = [];
  let token: string | undefined;
  do {
    const query = { max_results: PAGE, page_token: token, order_by: ["name ASC"] };
    const page = await get<{ registered_models?: RegisteredModel[]; next_page_token?: string }>(`${MODELS}/search`, query, signal);
    found.push(...(page.registered_models ?? []));
    token = page.next_page_token === "" ? undefined : page.next_page_token;
  } while (token !== undefined);
  return found;
}

/** One registered model. Throws ApiError, 404 where it is not in the store. */
export async function getModel(name: string, signal?: AbortSignal): Promise<RegisteredModel> {
  return (await get<{ registered_model: RegisteredModel }>(`${MODELS}/get`, { name }, signal)).registered_model;
}

/** All versions of a model, the newest first. Throws ApiError. */
export async function listVersions(name: string, signal?: AbortSignal): Promise<ModelVersion[]> {
  // the grammar knows no escape: a name with both kinds of quotes cannot be asked for
  const isWritable = !(name.includes("'") && name.includes('"'));
  const filter = isWritable ? { filter: `name=${name.includes("'") ? `"${name}"` : `'${name}'`}` } : {};
  const { model_versions: all = [] } = await get<{ model_versions?: ModelVersion[] }>(`${VERSIONS}/search`, filter, signal);
  return all.filter((version) => version.name === name).sort((a, b) => Number(b.version) - Number(a.version));
}

/** Models that runs of the experiments made, the newest first, at most 100. Throws ApiError. */
export async function listLoggedModels(experimentIds: readonly string[], signal?: AbortSignal): Promise<LoggedModel[]> {
  if (experimentIds.length === 0) return [];
  const body = { experiment_ids: experimentIds, max_results: 100 };
  return (await post<{ models?: LoggedModel[] }>(`${MLFLOW}/logged-models/search`, body, signal)).models ?? [];
}

/** Has an alias name a version. Throws ApiError. */
export async function setAlias(name: string, alias: string, version: string): Promise<void> {
  await post(`${MODELS}/alias`, { name, alias, version });
}

/** Removes an alias. Throws ApiError. */
export async function deleteAlias(name: string, alias: string): Promise<void> {
  await write("DELETE", `${MODELS}/alias`, { name, alias });
}

/** Moves a version to a stage. Throws ApiError. */
export async function moveToStage(name: string, version: string, stage: Stage): Promise<void> {
  await post(`${VERSIONS}/transition-stage`, { name, version, stage, archive_existing_versions: false });
}

/** Describes a model, or one of its versions. Throws ApiError. */
export async function describe(name: string, version: string | undefined, description: string): Promise<void> {
  if (version === undefined) await write("PATCH", `${MODELS}/update`, { name, description });
  else await write("PATCH", `${VERSIONS}/update`, { name, version, description });
}

/** Sets a tag of a model, or of one of its versions. Throws ApiError. */
export async function setModelTag(name: string, version: string | undefined, { key, value }: Tag): Promise<void> {
  if (version === undefined) await post(`${MODELS}/set-tag`, { name, key, value });
  else await post(`${VERSIONS}/set-tag`, { name, version, key, value });
}

/** Removes a tag of a model, or of one of its versions. Throws ApiError. */
export async function deleteModelTag(name: string, version: string | undefined, key: string): Promise<void> {
  if (version === undefined) await write("DELETE", `${MODELS}/delete-tag`, { name, key });
  else await write("DELETE", `${VERSIONS}/delete-tag`, { name, version, key });
}

/** Deletes a version for good. Throws ApiError. */
export async function deleteVersion(name: string, version: string): Promise<void> {
  await write("DELETE", `${VERSIONS}/delete`, { name, version });
}

/** Checks the requirements and, where all are met and nothing says dry run, moves the alias or the stage. Throws ApiError. */
export async function promoteVersion(request: PromotionRequest): Promise<PromotionAnswer> {
  return post<PromotionAnswer>(`${OWN}/models/promote`, request);
}

/** Registers files of a run as the next version of a model, which is made where there is none. Throws ApiError. */
export async function registerModel(name: string, version: { runId: string; source: string; description: string }): Promise<ModelVersion> {
  const { runId: run_id, source, description } = version;
  await getModel(name).catch(() => post(`${MODELS}/create`, { name }));
  return (await post<{ model_version: ModelVersion }>(`${VERSIONS}/create`, { name, source, run_id, description })).model_version;
}
