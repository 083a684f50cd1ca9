import { LlmopsError } from "../../lib/base/errors/llmops-error.js";
import type { ArtifactPlaces } from "../../lib/tracking/artifact-store.js";
import { findExperiment } from "../../lib/tracking/find-experiment.js";
import { openBackend } from "../../lib/tracking/open-backend.js";
import type { Purged } from "../../lib/tracking/records.js";
import { isBackend } from "../../lib/tracking/tracking-backend.js";
import { withStore } from "./with-store.js";

export interface PurgeOptions {
  /** A folder, sqlite:///FILE, or a database of PostgreSQL. */
  trackingUri: string;
  /** Where its files are, if not beside it. */
  places?: Partial<ArtifactPlaces> | undefined;
  /** Only what was deleted so long ago. */
  olderThanMs: number;
  /** Only say what. */
  dryRun: boolean;
}

export interface ExperimentDeletion {
  /** Name or id. */
  experiment: string;
  trackingUri: string;
  /** Whoever asks knows that nothing brings it back. */
  confirmed: boolean;
}

/** Removes what was deleted from a store, for good. Throws STORE_NOT_FOUND where there is no store. */
export async function purgeStore({ trackingUri, places, olderThanMs, dryRun }: PurgeOptions): Promise<Purged> {
  const store = await openBackend(trackingUri, { create: false, places });
  try {
    return await store.purgeDeleted({ deletedBefore: Date.now() - olderThanMs, dryRun });
  } finally {
    await store.close();
  }
}

/**
 * Deletes an experiment for good, with its runs and files. Throws INVALID_ARGUMENT for a store behind a server, and where it was not
 * confirmed.
 */
export async function deleteExperiment(options: ExperimentDeletion): Promise<{ experimentId: string; name: string; runs: number }> {
  return withStore(options.trackingUri, async (store) => {
    const { experimentId, name } = await findExperiment(store, options.experiment);
    if (!isBackend(store)) {
      throw new LlmopsError("INVALID_ARGUMENT", "A tracking server does not delete for good.", {
        hint: `Archive it (llmops mlflow experiments archive "${name}") and run gc where the store is.`,
      });
    }
    if (!options.confirmed) {
      throw new LlmopsError("INVALID_ARGUMENT", `This deletes ${name} (${experimentId}) and its files for good.`, {
        hint: "Pass --yes to confirm.",
      });
    }
    const { runs } = await store.purgeExperiment(experimentId);
    return { experimentId, name, runs: runs.length };
  });
}
