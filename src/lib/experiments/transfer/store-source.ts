import { listFiles } from "../runs/artifact-files.js";
import { listModels } from "../runs/list-versions.js";
import { collectPages } from "../../tracking/collect-pages.js";
import { listExperiments } from "../../tracking/find-experiment.js";
import type { Experiment, Run } from "../../tracking/records.js";
import type { TrackingStore } from "../../tracking/tracking-store.js";
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
    models: () => listModels(store),
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
