import { get, MLFLOW, OWN, post } from "./client.js";
import type { Overview } from "./documents.js";

export interface Experiment {
  experiment_id: string;
  name: string;
  lifecycle_stage: string;
  creation_time?: number;
  last_update_time?: number;
  tags?: { key: string; value: string }[];
}

const PAGE = 1000;

/** All active experiments, or all archived ones, the last changed first. Throws ApiError. */
export async function listExperiments(signal?: AbortSignal, view_type = "ACTIVE_ONLY"): Promise<Experiment[]> {
  const found: Experiment[] = [];
  let token: string | undefined;
  do {
    const body = { max_results: PAGE, page_token: token, view_type, order_by: ["last_update_time DESC"] };
    const page = await post<{ experiments?: Experiment[]; next_page_token?: string }>(`${MLFLOW}/experiments/search`, body, signal);
    found.push(...(page.experiments ?? []));
    token = page.next_page_token === "" ? undefined : page.next_page_token;
  } while (token !== undefined);
  return found;
}

/** Makes an experiment. Throws ApiError, RESOURCE_ALREADY_EXISTS where another one has the name. */
export async function createExperiment(name: string): Promise<void> {
  await post(`${MLFLOW}/experiments/create`, { name });
}

/** Gives an experiment another name. Throws ApiError, RESOURCE_ALREADY_EXISTS where another one has it. */
export async function renameExperiment(id: string, name: string): Promise<void> {
  await post(`${MLFLOW}/experiments/update`, { experiment_id: id, new_name: name });
}

/** Hides an experiment and its runs, which MLflow calls deleted. Throws ApiError. */
export async function archiveExperiment(id: string): Promise<void> {
  await post(`${MLFLOW}/experiments/delete`, { experiment_id: id });
}

/** Brings an archived experiment and all its runs back. Throws ApiError. */
export async function restoreExperiment(id: string): Promise<void> {
  await post(`${MLFLOW}/experiments/restore`, { experiment_id: id });
}

/** What is in the store, at a glance. Throws ApiError. */
export async function getOverview(signal?: AbortSignal): Promise<Overview> {
  return get<Overview>(`${OWN}/overview`, {}, signal);
}
