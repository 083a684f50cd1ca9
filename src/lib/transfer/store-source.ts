import { listFiles } from "../runs/artifact-files.js";
import { collectPages, listExperiments } from "../tracking/find-experiment.js";
import type { Experiment, Run } from "../tracking/records.js";
import type { TrackingStore } from "../tracking/tracking-store.js";
import type { RunSource, SourceRun } from "./run-source.js";

const PAGE = 200;

/** A store as something to copy from. */
export function storeSource(store: TrackingStore): RunSource {
  return {
    uri: store.uri,
    experiments: () => listExperiments(store),
    async *runs({ experimentId }: Experiment) {
      let pageToken: string | undefined;
      do {
        const page = await store.searchRuns({ experimentIds: [experimentId], orderBy: ["start_time ASC"], maxResults: PAGE, pageToken });
        for (const run of page.items) yield sourceRun(store, run);
        pageToken = page.items.length === 0 ? undefined : page.nextPageToken;
      } while (pageToken !== undefined);
    },
    async models() {
      const models = await collectPages((pageToken) => store.registry.searchModels({ maxResults: 1000, pageToken }));
      return Promise.all(
        models.map(async ({ name }) => {
          const filter = `name = ${name.includes("'") ? `"${name}"` : `'${name}'`}`;
          const found = await collectPages((pageToken) => store.registry.searchVersions({ filter, maxResults: 1000, pageToken }));
          const versions = found.sort((a, b) => Number(a.version) - Number(b.version));
          return { model: await store.registry.getModel(name), versions };
        }),
      );
    },
  };
}

function sourceRun(store: TrackingStore, run: Run): SourceRun {
  return {
    run,
    history: (key) => collectPages((pageToken) => store.metricHistory(run.runId, key, { maxResults: 25_000, pageToken })),
    artifacts: async () => (await listFiles(store, run.runId, "")).map(({ path }) => path),
    read: (path) => store.readArtifact(run.runId, path),
  };
}
