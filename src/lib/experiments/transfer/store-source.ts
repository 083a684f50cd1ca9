import { listFiles } from "../runs/artifact-files.js";
import { listModels, type ModelWithVersions } from "../runs/list-versions.js";
import { collectPages, eachItem } from "../../tracking/collect-pages.js";
import { listExperiments } from "../../tracking/find-experiment.js";
import type { Experiment, Run } from "../../tracking/records.js";
import type { TrackingStore } from "../../tracking/tracking-store.js";
import { unlessUnknown } from "./copied.js";
import type { RunSource, SourceRun } from "./run-source.js";
import { PROMPT_TAG } from "../../tracking/mlflow-tags.js";

const PAGE = 200;
const ORDER = [{ field: "creation_timestamp", ascending: true }];

/** A store as something to copy from. */
export function storeSource(store: TrackingStore): RunSource {
  return {
    uri: store.uri,
    experiments: () => listExperiments(store),
    async *runs({ experimentId }: Experiment) {
      const query = { experimentIds: [experimentId], orderBy: ["start_time ASC"], maxResults: PAGE };
      for await (const run of eachItem((pageToken) => store.searchRuns({ ...query, pageToken }))) yield sourceRun(store, run);
    },
    models: async () => [...(await listModels(store)), ...(await listPrompts(store))],
    loggedModels: async (experimentId) => {
      const query = { experimentIds: [experimentId], filter: undefined, orderBy: ORDER, maxResults: PAGE };
      const found = collectPages((pageToken) => store.loggedModels.search({ ...query, pageToken }));
      return (await unlessUnknown(found)) ?? [];
    },
    traces: (experimentId) => {
      const query = { orderBy: ["timestamp_ms ASC"], maxResults: PAGE };
      const search = (pageToken: string | undefined) => unlessUnknown(store.traces.search([experimentId], { ...query, pageToken }));
      return eachItem(async (pageToken) => (await search(pageToken)) ?? { items: [] });
    },
    spansOf: (traceId) => store.traces.spansOf(traceId),
    files: (artifactUri) => listBelow(store, artifactUri, ""),
    readFile: (artifactUri, path) => store.artifacts.read(artifactUri, path),
    leftOut: () => [],
  };
}

/** A search of models does not say prompts unless it asks for them. */
async function listPrompts(store: TrackingStore): Promise<ModelWithVersions[]> {
  const query = { filter: `tags.\`${PROMPT_TAG}\` = 'true'`, maxResults: PAGE };
  const found = await collectPages((pageToken) => store.registry.searchModels({ ...query, pageToken }));
  return (await Promise.all(found.map(({ name }) => listModels(store, name)))).flat();
}

async function listBelow(store: TrackingStore, artifactUri: string, path: string): Promise<string[]> {
  const files = await store.artifacts.list(artifactUri, path);
  const paths = files.map(async (file) => (file.isFolder ? listBelow(store, artifactUri, file.path) : [file.path]));
  return (await Promise.all(paths)).flat();
}

function sourceRun(store: TrackingStore, run: Run): SourceRun {
  return {
    run,
    history: (key) => collectPages((pageToken) => store.metricHistory(run.runId, key, { maxResults: 25_000, pageToken })),
    artifacts: async () => (await listFiles(store, run.runId, "")).map(({ path }) => path),
    read: (path) => store.readArtifact(run.runId, path),
  };
}
