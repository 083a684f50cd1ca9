import { listModels, type ModelWithVersions } from "../runs/list-versions.js";
import { ensureExperiment } from "../../tracking/find-experiment.js";
import { MlflowError } from "../../tracking/mlflow-error.js";
import { quoteText } from "../../tracking/search/quote.js";
import type { TrackingStore } from "../../tracking/tracking-store.js";
import type { RunSource, SourceRun } from "./run-source.js";

/** The tag that says what a run or version is a copy of: what was copied is not copied again. */
const ORIGIN_TAG = "llmops.imported_from";
const PARENT_TAG = "mlflow.parentRunId";

export interface CopyOptions {
  /** Names; all when there are none. */
  experiments?: readonly string[] | undefined;
  onRun?: (name: string) => void;
}

export interface CopyResult {
  experiments: number;
  runs: number;
  /** Runs that had been copied before. */
  skipped: number;
  artifacts: number;
  modelVersions: number;
}

interface Copied {
  /** Ids and artifact URIs of the source, to those of the target. */
  ids: Map<string, string>;
  uris: Map<string, string>;
  result: CopyResult;
}

/** Copies experiments, runs with all points and files, and registered models into a store. Doing it again adds what is new. */
export async function copyRuns(source: RunSource, target: TrackingStore, { experiments, onRun }: CopyOptions): Promise<CopyResult> {
  const copied: Copied = {
    ids: new Map(),
    uris: new Map(),
    result: { experiments: 0, runs: 0, skipped: 0, artifacts: 0, modelVersions: 0 },
  };
  for (const experiment of await source.experiments()) {
    if (experiments && experiments.length > 0 && !experiments.includes(experiment.name)) continue;
    const { experimentId } = await ensureExperiment(target, experiment.name);
    for (const [key, value] of Object.entries(experiment.tags)) await target.setExperimentTag(experimentId, key, value);
    for await (const item of source.runs(experiment)) {
      await copyRun(source.uri, item, { target, experimentId, copied });
      onRun?.(item.run.runName);
    }
    copied.result.experiments += 1;
  }
  for (const model of await source.models()) await copyModel(source.uri, model, { target, copied });
  return copied.result;
}

async function copyRun(
  uri: string,
  { run, history, artifacts, read }: SourceRun,
  { target, experimentId, copied }: { target: TrackingStore; experimentId: string; copied: Copied },
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
    const source = mapUri(version.source, copied.uris);
    const origin = `${uri}#models:/${model.name}/${version.version}`;
    if (there.has(origin)) continue;
    const runId = copied.ids.get(version.runId);
    const { description } = version;
    const tags = { ...version.tags, [ORIGIN_TAG]: origin };
    const made = await registry.createVersion({ name: model.name, source, runId, description, tags });
    if (version.stage !== "None") await registry.transition(model.name, made.version, { stage: version.stage, archiveOthers: false });
    for (const alias of version.aliases) await registry.setAlias(model.name, alias, made.version);
    copied.result.modelVersions += 1;
  }
}

function mapUri(uri: string, uris: ReadonlyMap<string, string>): string {
  for (const [theirs, ours] of uris) if (uri.startsWith(theirs)) return ours + uri.slice(theirs.length);
  return uri;
}
