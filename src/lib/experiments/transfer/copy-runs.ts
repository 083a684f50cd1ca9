import { LlmopsError } from "../../base/errors/llmops-error.js";
import { listModels, type ModelWithVersions } from "../runs/list-versions.js";
import { ensureExperiment, unknownExperiment } from "../../tracking/find-experiment.js";
import { MlflowError } from "../../tracking/mlflow-error.js";
import { quoteText } from "../../tracking/search/quote.js";
import type { Experiment, Run } from "../../tracking/records.js";
import type { ModelVersion } from "../../tracking/registry-records.js";
import type { TrackingStore } from "../../tracking/tracking-store.js";
import { attempt, nothingCopied, ORIGIN_TAG, type Copied, type CopyResult, type CopyTarget } from "./copied.js";
import { copyLoggedModels } from "./copy-logged-models.js";
import { copyTraces } from "./copy-traces.js";
import type { RunSource, SourceRun } from "./run-source.js";
import { PARENT_TAG } from "../../tracking/mlflow-tags.js";

export interface CopyOptions {
  /** Names; all when there are none. */
  experiments?: readonly string[] | undefined;
  onRun?: (name: string) => void;
}

/**
 * Copies experiments, runs with all points and files, logged models, traces, and registered models into a store. What cannot be copied is
 * left out and said, and the rest is copied. Doing it again adds what is new.
 */
export async function copyRuns(source: RunSource, target: TrackingStore, { experiments, onRun }: CopyOptions): Promise<CopyResult> {
  const copied = nothingCopied();
  for (const experiment of chosen(await source.experiments(), experiments, source.uri)) {
    await attempt(copied, `experiment ${experiment.name}`, () => copyExperiment(source, experiment, { target, copied, onRun }));
  }
  for (const model of await source.models()) {
    await attempt(copied, `registered model ${model.model.name}`, () => copyModel(source.uri, model, { target, copied }));
  }
  copied.result.leftOut.push(...source.leftOut());
  return copied.result;
}

/** The experiments of these names; all where none is named. Throws STORE_NOT_FOUND for a name that none has. */
function chosen(all: readonly Experiment[], names: readonly string[] = [], uri: string): readonly Experiment[] {
  const unknown = names.find((name) => !all.some((experiment) => experiment.name === name));
  if (unknown !== undefined) throw unknownExperiment(unknown, all, uri);
  return names.length === 0 ? all : all.filter(({ name }) => names.includes(name));
}

async function copyExperiment(
  source: RunSource,
  experiment: Experiment,
  { target, copied, onRun }: { target: TrackingStore; copied: Copied; onRun: CopyOptions["onRun"] },
): Promise<void> {
  const { experimentId } = await ensureExperiment(target, experiment.name);
  const to = { target, experimentId, copied };
  for (const [key, value] of Object.entries(experiment.tags)) await target.setExperimentTag(experimentId, key, value);
  const ofModels: Run[] = [];
  for await (const item of source.runs(experiment)) {
    await attempt(copied, `run ${item.run.runName} (${item.run.runId})`, () => copyRun(source.uri, item, to));
    if (item.run.modelInputs.length + item.run.modelOutputs.length > 0) ofModels.push(item.run);
    onRun?.(item.run.runName);
  }
  await copyLoggedModels(source, experiment.experimentId, to);
  for (const run of ofModels) await attempt(copied, `models of run ${run.runName} (${run.runId})`, () => linkModels(run, to));
  await copyTraces(source, experiment.experimentId, to);
  copied.result.experiments += 1;
}

/** Says of a copied run which of the copied models it used and made. */
async function linkModels(run: Run, { target, copied: { ids } }: CopyTarget): Promise<void> {
  const runId = ids.get(run.runId);
  if (runId === undefined) return;
  const modelIds = run.modelInputs.flatMap((id) => ids.get(id) ?? []);
  const outputs = run.modelOutputs.flatMap(({ modelId, step }) => {
    const made = ids.get(modelId);
    return made === undefined ? [] : [{ modelId: made, step }];
  });
  if (modelIds.length > 0) await target.logInputs(runId, { modelIds });
  if (outputs.length > 0) await target.logOutputs(runId, outputs);
}

async function copyRun(
  uri: string,
  { run, history, artifacts, read }: SourceRun,
  { target, experimentId, copied }: CopyTarget,
): Promise<void> {
  const origin = `${uri}#${run.runId}`;
  const filter = `tags.\`${ORIGIN_TAG}\` = ${quoteText(origin)}`;
  const found = (await target.searchRuns({ experimentIds: [experimentId], filter, maxResults: 1 })).items[0];
  if (found?.status === "RUNNING") {
    await target.deleteRun(found.runId); // a copy that was interrupted
  } else if (found) {
    copied.ids.set(run.runId, found.runId);
    copied.uris.set(run.artifactUri, found.artifactUri);
    copied.result.skipped += 1;
    return;
  }
  const parent = copied.ids.get(run.tags[PARENT_TAG] ?? "");
  const tags = { ...run.tags, [ORIGIN_TAG]: origin, ...(parent === undefined ? {} : { [PARENT_TAG]: parent }) };
  const { startTime, userId, runName } = run;
  const made = await target.createRun({ experimentId, startTime, userId, runName, tags: { ...tags, "mlflow.runName": runName } });
  copied.ids.set(run.runId, made.runId);
  copied.uris.set(run.artifactUri, made.artifactUri);
  const histories = await Promise.all(run.metrics.map(({ key }) => history(key)));
  await target.logBatch(made.runId, { params: run.params, metrics: histories.flat() });
  if (run.datasets.length > 0) await target.logInputs(made.runId, { datasets: run.datasets });
  for (const path of await artifacts()) {
    await target.writeArtifact(made.runId, path, await read(path));
    copied.result.artifacts += 1;
  }
  // last: so a copy that is interrupted stays RUNNING
  const status = run.status === "RUNNING" ? "KILLED" : run.status;
  await target.updateRun(made.runId, { status, endTime: run.endTime ?? undefined });
  copied.result.runs += 1;
}

async function copyModel(
  uri: string,
  { model, versions }: ModelWithVersions,
  { target, copied }: { target: TrackingStore; copied: Copied },
): Promise<void> {
  const { registry } = target;
  const known = await registry.getModel(model.name).catch((error: unknown) => {
    if (error instanceof MlflowError && error.code === "STORE_NOT_FOUND") return undefined;
    throw error;
  });
  if (!known) await registry.createModel({ name: model.name, description: model.description, tags: model.tags });
  const there = new Set((await listModels(target, model.name)).flatMap((known) => known.versions.map(({ tags }) => tags[ORIGIN_TAG])));
  for (const version of versions) {
    const origin = `${uri}#models:/${model.name}/${version.version}`;
    if (there.has(origin)) continue;
    await attempt(copied, `version ${version.version} of ${model.name}`, () => copyVersion(version, origin, { target, copied }));
  }
}

async function copyVersion(
  version: ModelVersion,
  origin: string,
  { target: { registry }, copied }: { target: TrackingStore; copied: Copied },
): Promise<void> {
  const { name, description } = version;
  const source = mapUri(version.source, copied);
  const tags = { ...version.tags, [ORIGIN_TAG]: origin };
  const modelId = copied.ids.get(version.modelId ?? "");
  const made = await registry.createVersion({ name, source, runId: copied.ids.get(version.runId), description, tags, modelId });
  if (version.stage !== "None") await registry.transition(name, made.version, { stage: version.stage, archiveOthers: false });
  for (const alias of version.aliases) await registry.setAlias(name, alias, made.version);
  copied.result.modelVersions += 1;
}

/** A place in the source as that of its copy. Throws STORE_NOT_FOUND for a logged model that was not copied. */
function mapUri(uri: string, { ids, uris }: Copied): string {
  const modelId = /^models:\/+(m-[0-9a-f]{32})$/.exec(uri)?.[1];
  if (modelId !== undefined && !ids.has(modelId)) {
    throw new LlmopsError("STORE_NOT_FOUND", `Its logged model ${modelId} was not copied.`, { hint: "Copy its experiment too." });
  }
  if (modelId !== undefined) return `models:/${ids.get(modelId)}`;
  for (const [theirs, ours] of uris) if (uri.startsWith(theirs)) return ours + uri.slice(theirs.length);
  return uri;
}
