import { quoteText } from "../../tracking/search/quote.js";
import type { Run } from "../../tracking/records.js";
import type { TrackingStore } from "../../tracking/tracking-store.js";
import { findRun, findRuns } from "./find-runs.js";

const MOST = 5000;

/** The child runs of a run, or the run itself where it has none. Throws what finding a run throws. */
export async function findChildren(store: TrackingStore, idOrName: string): Promise<Run[]> {
  const run = await findRun(store, idOrName);
  const filter = `tags.mlflow.parentRunId = ${quoteText(run.runId)}`;
  const children = await findRuns(store, { experiments: [run.experimentId], filter, limit: MOST });
  return children.length > 0 ? children : [run];
}
