import { LlmopsError } from "../../base/errors/llmops-error.js";
import { MlflowError } from "../../tracking/mlflow-error.js";
import { collectPages } from "../../tracking/collect-pages.js";
import { findExperiment, listExperiments } from "../../tracking/find-experiment.js";
import { quoteText } from "../../tracking/search/quote.js";
import type { Run, ViewType } from "../../tracking/records.js";
import type { TrackingStore } from "../../tracking/tracking-store.js";

export interface RunSelection {
  /** Names or ids; all active experiments when there are none. */
  experiments?: readonly string[] | undefined;
  filter?: string | undefined;
  orderBy?: readonly string[] | undefined;
  viewType?: ViewType;
  limit: number;
}

const PAGE = 1000;

/** Runs of the experiments, newest first unless ordered otherwise, at most `limit`. */
export async function findRuns(store: TrackingStore, { experiments = [], filter, orderBy, viewType, limit }: RunSelection): Promise<Run[]> {
  const chosen =
    experiments.length > 0 ? await Promise.all(experiments.map((name) => findExperiment(store, name))) : await listExperiments(store);
  const experimentIds = chosen.map(({ experimentId }) => experimentId);
  const maxResults = Math.min(limit, PAGE);
  return collectPages((pageToken) => store.searchRuns({ experimentIds, filter, orderBy, viewType, maxResults, pageToken }), limit);
}

/** The run of that id, of an id that begins so, or of that name when only one run has it. Throws STORE_NOT_FOUND or STORE_CONFLICT. */
export async function findRun(store: TrackingStore, idOrName: string): Promise<Run> {
  if (/^[0-9a-f]{32}$/.test(idOrName)) return store.getRun(idOrName);
  const found = await findRuns(store, { filter: `run_name = ${quoteText(idOrName)}`, limit: 3 });
  if (found.length === 0 && /^[0-9a-f]{4,31}$/.test(idOrName))
    found.push(...(await findRuns(store, { filter: `run_id LIKE '${idOrName}%'`, limit: 3 })));
  const [run, second] = found;
  if (run && !second) return run;
  if (run) {
    throw new LlmopsError("STORE_CONFLICT", `Several runs are named "${idOrName}": ${found.map(({ runId }) => runId).join(", ")}.`, {
      hint: "Name the run by its id.",
    });
  }
  return missingRun(store, idOrName);
}

async function missingRun(store: TrackingStore, id: string): Promise<Run> {
  try {
    return await store.getRun(id);
  } catch (error) {
    if (!(error instanceof MlflowError) || error.code === "STORE_UNREACHABLE") throw error;
    throw new LlmopsError("STORE_NOT_FOUND", `Run "${id}" was not found in ${store.uri}.`, {
      hint: "List the runs with `llmops mlflow runs`.",
    });
  }
}
