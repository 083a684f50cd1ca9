import { LlmopsError } from "../base/errors/llmops-error.js";
import { MlflowError } from "./mlflow-error.js";
import { collectPages } from "./collect-pages.js";
import type { Experiment } from "./records.js";
import type { TrackingStore } from "./tracking-store.js";

/** The experiment of that name, created when there is none. Throws STORE_CONFLICT for a deleted one. */
export async function ensureExperiment(store: TrackingStore, name: string): Promise<Experiment> {
  const found = (await store.findExperiment(name)) ?? (await createExperiment(store, name));
  if (found.lifecycleStage === "active") return found;
  throw new LlmopsError("STORE_CONFLICT", `The experiment "${name}" was deleted.`, {
    hint: `Choose another name with --experiment, or restore it: llmops mlflow experiments restore "${name}".`,
  });
}

/** The experiment of that name or, for a number, of that id. Throws STORE_NOT_FOUND naming those there are. */
export async function findExperiment(store: TrackingStore, nameOrId: string): Promise<Experiment> {
  const found = await store.findExperiment(nameOrId);
  if (found) return found;
  try {
    if (/^\d+$/.test(nameOrId)) return await store.getExperiment(nameOrId);
  } catch (error) {
    if (!(error instanceof MlflowError) || error.code !== "STORE_NOT_FOUND") throw error;
  }
  throw unknownExperiment(nameOrId, await listExperiments(store), store.uri);
}

/** STORE_NOT_FOUND for an experiment, naming those there are. */
export function unknownExperiment(nameOrId: string, all: readonly Experiment[], uri: string): LlmopsError {
  const names = all.slice(0, 20).map(({ name }) => name);
  return new LlmopsError("STORE_NOT_FOUND", `Experiment "${nameOrId}" was not found in ${uri}.`, {
    hint: `Experiments: ${names.join(", ")}${all.length > names.length ? ", ..." : ""}.`,
  });
}

/** Active experiments (or those of the view), newest first. */
export async function listExperiments(
  store: TrackingStore,
  viewType: "ACTIVE_ONLY" | "DELETED_ONLY" | "ALL" = "ACTIVE_ONLY",
): Promise<Experiment[]> {
  return collectPages((pageToken) => store.searchExperiments({ maxResults: 1000, viewType, pageToken }));
}

/** Another process may create it at the same moment: then theirs is taken. */
async function createExperiment(store: TrackingStore, name: string): Promise<Experiment> {
  try {
    return await store.createExperiment({ name });
  } catch (error) {
    const found = error instanceof MlflowError && error.code === "STORE_CONFLICT" ? await store.findExperiment(name) : undefined;
    if (found) return found;
    throw error;
  }
}
