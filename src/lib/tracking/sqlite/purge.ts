import { invalid } from "../mlflow-error.js";
import type { SqliteStore } from "./sqlite-store.js";

export interface PurgeResult {
  runs: string[];
  experiments: string[];
}

/** Tables that hold rows of a run, and the column of its id; children before what they point to. */
const RUN_TABLES = [
  ["params", "run_uuid"],
  ["tags", "run_uuid"],
  ["metrics", "run_uuid"],
  ["latest_metrics", "run_uuid"],
  ["logged_model_metrics", "run_id"],
  ["runs", "run_uuid"],
] as const;

/** Tables that hold rows of an experiment besides runs; what hangs on them goes with them. */
const EXPERIMENT_TABLES = [
  "experiment_tags",
  "datasets",
  "logged_model_params",
  "logged_model_tags",
  "logged_models",
  "spans",
  "trace_info",
  "scorers",
  "experiments",
] as const;

interface RunFiles {
  id: string;
  uri: string;
}

/** Removes deleted runs and experiments for good, with their files. With `dryRun` only says which. */
export async function purgeDeleted(
  store: SqliteStore,
  { deletedBefore, dryRun }: { deletedBefore: number; dryRun: boolean },
): Promise<PurgeResult> {
  const { db } = store;
  const experiments = db.all<{ id: number }>(
    "SELECT experiment_id AS id FROM experiments WHERE lifecycle_stage = 'deleted' AND last_update_time <= ? AND experiment_id <> 0",
    deletedBefore,
  );
  const ids = experiments.map(({ id }) => id);
  const runs = db.all<RunFiles>(
    `SELECT run_uuid AS id, artifact_uri AS uri FROM runs
     WHERE (lifecycle_stage = 'deleted' AND coalesce(deleted_time, 0) <= ?) OR experiment_id IN (SELECT value FROM json_each(?))`,
    deletedBefore,
    JSON.stringify(ids),
  );
  if (!dryRun) await remove(store, runs, ids);
  return { runs: runs.map(({ id }) => id), experiments: ids.map(String) };
}

/** Removes an experiment for good, with its runs and files. Default, which every store has, is refused. */
export async function purgeExperiment(store: SqliteStore, experimentId: string): Promise<PurgeResult> {
  if (experimentId === "0") throw invalid("The experiment Default cannot be deleted for good.");
  const id = Number(experimentId);
  const runs = store.db.all<RunFiles>("SELECT run_uuid AS id, artifact_uri AS uri FROM runs WHERE experiment_id = ?", id);
  await remove(store, runs, [id]);
  return { runs: runs.map((run) => run.id), experiments: [experimentId] };
}

/** Rows first, files last: rows without files would be broken, files without rows are only in the way. */
async function remove(store: SqliteStore, runs: readonly RunFiles[], experiments: readonly number[]): Promise<void> {
  const { db } = store;
  db.transaction(() => {
    for (const { id } of runs) purgeRun(store, id);
    for (const id of experiments) for (const table of EXPERIMENT_TABLES) db.run(`DELETE FROM ${table} WHERE experiment_id = ?`, id);
  });
  for (const { uri } of runs) await removeFiles(store, uri.replace(/\/artifacts\/?$/, ""));
  for (const id of experiments) await removeFiles(store, `mlflow-artifacts:/${id}`);
}

function purgeRun({ db }: SqliteStore, runId: string): void {
  db.run(
    "DELETE FROM input_tags WHERE input_uuid IN (SELECT input_uuid FROM inputs WHERE destination_id = ? OR source_id = ?)",
    runId,
    runId,
  );
  db.run("DELETE FROM inputs WHERE destination_id = ? OR source_id = ?", runId, runId);
  db.run("DELETE FROM entity_associations WHERE destination_type = 'run' AND destination_id = ?", runId);
  for (const [table, column] of RUN_TABLES) db.run(`DELETE FROM ${table} WHERE ${column} = ?`, runId);
}

/** Only what the store keeps itself: a folder of the user's that an experiment names stays. */
async function removeFiles({ artifacts }: SqliteStore, uri: string): Promise<void> {
  if (uri.startsWith("mlflow-artifacts:/")) await artifacts.delete(uri, "");
}
