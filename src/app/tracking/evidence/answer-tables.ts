import { text } from "node:stream/consumers";
import { LRUCache } from "lru-cache";
import type { AnswerTable } from "../../../lib/base/pages/answer-matrix.js";
import { invalid, MlflowError } from "../../../lib/tracking/mlflow-error.js";
import type { Run } from "../../../lib/tracking/records.js";
import type { TrackingBackend } from "../../../lib/tracking/tracking-backend.js";
import { readAnswerTable } from "./answer-table.js";

const TABLE = "eval_results_table.json";
/** A larger table is not shown: reading it would take the memory of all others. */
const MOST_BYTES = 64 * 1024 * 1024;
/** Tables in memory take a few times the size of their files. */
const KEPT_BYTES = 128 * 1024 * 1024;

interface Kept {
  table: AnswerTable | undefined;
  bytes: number;
}

const kept = new LRUCache<string, Kept>({ maxSize: KEPT_BYTES, sizeCalculation: ({ bytes }) => Math.max(1, bytes) });

/** What a run answered; undefined where it recorded no table. Throws INVALID_PARAMETER_VALUE for a table that is too large. */
export async function answerTableOf(store: TrackingBackend, run: Run): Promise<AnswerTable | undefined> {
  if (!store.artifacts.serves(run.artifactUri)) return undefined; // a folder or a bucket that a client named
  const facts = await store.artifacts.describe(run.artifactUri, TABLE).catch((error: unknown) => {
    if (error instanceof MlflowError && error.errorCode === "RESOURCE_DOES_NOT_EXIST") return undefined;
    throw error;
  });
  if (facts === undefined) return undefined;
  const { sizeBytes, version } = facts;
  if (sizeBytes > MOST_BYTES) {
    throw invalid(
      `The answers of the run ${run.runName} take ${Math.round(sizeBytes / 1e6)} MB; at most ${MOST_BYTES / 2 ** 20} MiB are shown.`,
    );
  }
  const key = `${store.uri}\n${run.artifactUri}\n${version}`;
  const known = kept.get(key);
  if (known) return known.table;
  const table = readAnswerTable(await text(await store.readArtifact(run.runId, TABLE)));
  kept.set(key, { table, bytes: sizeBytes });
  return table;
}
