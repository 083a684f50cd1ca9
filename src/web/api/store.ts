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

/** All active experiments, the last changed first. Throws ApiError. */
export async function listExperiments(signal?: AbortSignal): Promise<Experiment[]> {
  const found: Experiment[] = [];
  let token: string | undefined;
  do {
    const body = { max_results: PAGE, page_token: token, order_by: ["last_update_time DESC"] };
    const page = await post<{ experiments?: Experiment[]; next_page_token?: string }>(`${MLFLOW}/experiments/search`, body, signal);
    found.push(...(page.experiments ?? []));
    token = page.next_page_token === "" ? undefined : page.next_page_token;
  } while (token !== undefined);
  return found;
}

/** What is in the store, at a glance. Throws ApiError. */
export async function getOverview(signal?: AbortSignal): Promise<Overview> {
  return get<Overview>(`${OWN}/overview`, {}, signal);
}
