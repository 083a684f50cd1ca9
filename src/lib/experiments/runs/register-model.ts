import { stat } from "node:fs/promises";
import { basename } from "node:path";
import { LlmopsError } from "../../base/errors/llmops-error.js";
import { withoutTrailingSlashes } from "../../base/errors/text-ends.js";
import { ensureExperiment } from "../../tracking/find-experiment.js";
import { MlflowError } from "../../tracking/mlflow-error.js";
import type { ModelVersion } from "../../tracking/registry-records.js";
import type { TrackingStore } from "../../tracking/tracking-store.js";
import { uploadArtifacts } from "./artifact-files.js";

export interface Registration {
  name: string;
  /** runs:/RUN/PATH, another artifact URI, or a file or folder of this machine, which is uploaded. */
  source: string;
  /** The run the version belongs to, without one that of the source: for a file, the one it is uploaded to. */
  runId?: string | undefined;
  description?: string | undefined;
  tags?: Record<string, string>;
  /** Where a file goes that belongs to no run. */
  experiment: string;
}

/** Makes a new version of a registered model, and the model where there is none. Throws INVALID_ARGUMENT for a source that is not there. */
export async function registerModel(store: TrackingStore, registration: Registration): Promise<ModelVersion> {
  const { name, description, tags = {} } = registration;
  const located = await locate(store, registration);
  await store.registry.createModel({ name }).catch((error: unknown) => {
    if (!(error instanceof MlflowError) || error.code !== "STORE_CONFLICT") throw error;
  });
  return store.registry.createVersion({ name, ...located, description, tags });
}

async function locate(
  store: TrackingStore,
  { source, runId, name, experiment }: Registration,
): Promise<{ source: string; runId?: string | undefined }> {
  const [, run, path = ""] = /^runs:\/+([^/]+)\/?(.*)$/.exec(source) ?? [];
  if (run !== undefined) {
    const { artifactUri } = await store.getRun(run);
    await requireArtifact(store, run, path);
    return { source: path === "" ? artifactUri : `${artifactUri}/${withoutTrailingSlashes(path)}`, runId: runId ?? run };
  }
  if (/^[a-z][a-z0-9+.-]+:/i.test(source)) return { source, runId };
  if (!(await stat(source).catch(() => undefined))) {
    throw new LlmopsError("INVALID_ARGUMENT", `The file ${source} does not exist.`, { hint: "Name a file, a folder, or runs:/RUN/PATH." });
  }
  const owner = runId ?? (await newRun(store, experiment, name));
  await uploadArtifacts(store, owner, { path: source, into: "model" });
  if (runId === undefined) await store.updateRun(owner, { status: "FINISHED", endTime: Date.now() });
  const { artifactUri } = await store.getRun(owner);
  return { source: `${artifactUri}/model/${basename(source)}`, runId: owner };
}

async function newRun(store: TrackingStore, experiment: string, name: string): Promise<string> {
  const { experimentId } = await ensureExperiment(store, experiment);
  return (await store.createRun({ experimentId, runName: `register ${name}`, startTime: Date.now() })).runId;
}

async function requireArtifact(store: TrackingStore, runId: string, path: string): Promise<void> {
  const clean = withoutTrailingSlashes(path);
  const parent = clean.includes("/") ? clean.slice(0, clean.lastIndexOf("/")) : "";
  const files = await store.listArtifacts(runId, parent);
  if (clean === "" ? files.length > 0 : files.some((file) => file.path === clean)) return;
  throw new LlmopsError("STORE_NOT_FOUND", `The run ${runId} has no artifact ${clean || "at all"}.`, {
    hint: `It has: ${files.map((file) => file.path).join(", ") || "none"}.`,
  });
}
