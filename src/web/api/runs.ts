import { MLFLOW, OWN, post, get } from "./client.js";
import type { GroupsWindow, RunColumns, RunStatus, RunsQuery, RunsWindow, RunValues, WireNumber } from "./documents.js";

/** The most runs the server gives at a time. */
export const MOST_RUNS = 500;

/** A window of the runs that a query finds. Throws ApiError. */
export async function queryRuns(query: RunsQuery, offset: number, limit: number, signal?: AbortSignal): Promise<RunsWindow> {
  return post<RunsWindow>(`${OWN}/runs/query`, { ...query, offset, limit }, signal);
}

/** How runs are grouped. */
export interface Grouping {
  /** params.X, tags.X, or dataset. */
  by: string;
  /** What is summarized of each group. */
  metrics: string[];
  /** value, runs, or metrics.X, with ASC or DESC. */
  order: string;
}

/** A window of the groups of the runs that a query finds. Throws ApiError. */
export async function queryGroups(
  query: RunsQuery,
  { by, metrics, order }: Grouping,
  { offset, limit }: { offset: number; limit: number },
  signal?: AbortSignal,
): Promise<GroupsWindow> {
  const { experiment_ids, filter, words, run_view_type, parent } = query;
  const scope = { experiment_ids, filter, words, run_view_type, parent };
  return post<GroupsWindow>(`${OWN}/runs/groups`, { ...scope, group_by: by, metrics, order_by: order, offset, limit }, signal);
}

/** The first runs that a query finds, at most 2,000, with the last value of each metric alone. Throws ApiError. */
export async function queryValues(query: RunsQuery, limit: number, signal?: AbortSignal): Promise<RunsWindow<RunValues>> {
  return post<RunsWindow<RunValues>>(`${OWN}/runs/query`, { ...query, metrics: "last", offset: 0, limit }, signal);
}

/** Which metrics, parameters, and tags the runs of a query have. Throws ApiError. */
export async function runColumns({ experiment_ids, filter, words }: RunsQuery, signal?: AbortSignal): Promise<RunColumns> {
  return post<RunColumns>(`${OWN}/runs/columns`, { experiment_ids, filter, words }, signal);
}

/** A run as MLflow's runs/get gives it. */
export interface Run {
  info: {
    run_id: string;
    run_name?: string;
    experiment_id: string;
    status: RunStatus;
    lifecycle_stage: string;
    start_time?: number;
    end_time?: number;
    user_id?: string;
    artifact_uri?: string;
  };
  data: {
    metrics?: { key: string; value: WireNumber; timestamp: number; step?: number }[];
    params?: { key: string; value: string }[];
    tags?: { key: string; value: string }[];
  };
  inputs?: {
    dataset_inputs?: { tags?: { key: string; value: string }[]; dataset: { name: string; digest: string; source_type?: string } }[];
  };
}

/** One run with all its values. Throws ApiError, RESOURCE_DOES_NOT_EXIST where it is not in the store. */
export async function getRun(runId: string, signal?: AbortSignal): Promise<Run> {
  return (await get<{ run: Run }>(`${MLFLOW}/runs/get`, { run_id: runId }, signal)).run;
}

/** Gives a run another name. Throws ApiError. */
export async function renameRun(runId: string, name: string): Promise<void> {
  await post(`${MLFLOW}/runs/update`, { run_id: runId, run_name: name });
}

/** Sets a tag of a run. Throws ApiError. */
export async function setTag(runId: string, key: string, value: string): Promise<void> {
  await post(`${MLFLOW}/runs/set-tag`, { run_id: runId, key, value });
}

/** Removes a tag of a run. Throws ApiError. */
export async function deleteTag(runId: string, key: string): Promise<void> {
  await post(`${MLFLOW}/runs/delete-tag`, { run_id: runId, key });
}

/** The experiments an address names: comma-separated ids, or "all", which names every one. */
export function experimentIdsOf(text: string): string[] {
  return text === "all" ? [] : text.split(",");
}

/** Marks a run as deleted; it can be restored. Throws ApiError. */
export async function deleteRun(runId: string): Promise<void> {
  await post(`${MLFLOW}/runs/delete`, { run_id: runId });
}

/** Brings a deleted run back. Throws ApiError. */
export async function restoreRun(runId: string): Promise<void> {
  await post(`${MLFLOW}/runs/restore`, { run_id: runId });
}

/** A point of a metric's history. */
export interface HistoryPoint {
  run_id: string;
  step: number;
  timestamp: number;
  value: WireNumber;
}

/** At most this many runs are asked for at a time, as MLflow's route takes them. */
const MOST_HISTORIES = 100;

/** The history of a metric in some runs, thinned by the server to at most `points` a run; first and last points stay. Throws ApiError. */
export async function metricHistory(runIds: readonly string[], key: string, points: number, signal?: AbortSignal): Promise<HistoryPoint[]> {
  const parts = [];
  for (let i = 0; i < runIds.length; i += MOST_HISTORIES) parts.push(runIds.slice(i, i + MOST_HISTORIES));
  const answers = await Promise.all(
    parts.map((run_ids) =>
      get<{ metrics?: Partial<HistoryPoint>[] }>(
        `${MLFLOW}/metrics/get-history-bulk-interval`,
        { run_ids, metric_key: key, max_results: points },
        signal,
      ),
    ),
  );
  // MLflow leaves out what is 0
  return answers.flatMap(({ metrics = [] }) =>
    metrics.map(({ run_id = "", step = 0, timestamp = 0, value = 0 }) => ({
      run_id,
      step,
      timestamp,
      value,
    })),
  );
}
