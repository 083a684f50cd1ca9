import type { ArtifactStore } from "../artifact-store.js";
import { invalid, missing } from "../mlflow-error.js";
import type { Purged, PurgeQuery } from "../records.js";
import { locking, type Connection } from "./connection.js";
import type { SqlSessions } from "./sql-parts.js";
import { toNumber } from "./experiments.js";
import { IN_LIST, inList } from "./keyed-values.js";

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

interface ExperimentFiles {
  id: number;
  location: string;
}

/** What is to be removed: experiments with all their runs, and other runs. */
interface Selection {
  runs: readonly RunFiles[];
  experiments: readonly ExperimentFiles[];
}

/** Removes deleted runs and experiments for good, with their files. */
export async function purgeDeleted(
  sessions: SqlSessions,
  artifacts: ArtifactStore,
  { deletedBefore, dryRun }: PurgeQuery,
): Promise<Purged> {
  // found and removed at once: meanwhile nobody restores any
  const selection = await sessions.use(({ db }) =>
    db.transaction(async () => {
      const found = await findDeleted(db, deletedBefore);
      if (!dryRun) await removeRows(db, found);
      return found;
    }),
  );
  if (!dryRun) await removeFiles(artifacts, selection);
  return toPurged(selection);
}

/** Removes an experiment for good, with its runs and files. Default, which every store has, is refused. */
export async function purgeExperiment(sessions: SqlSessions, artifacts: ArtifactStore, experimentId: string): Promise<Purged> {
  if (experimentId === "0") throw invalid("The experiment Default cannot be deleted for good.");
  const selection = await sessions.use(({ db }) => db.transaction(() => removeExperiment(db, experimentId)));
  await removeFiles(artifacts, selection);
  return toPurged(selection);
}

async function removeExperiment(db: Connection, experimentId: string): Promise<Selection> {
  const id = toNumber(experimentId);
  const experiment = await db.get<ExperimentFiles>(
    "SELECT experiment_id AS id, artifact_location AS location FROM experiments WHERE experiment_id = ?",
    id,
  );
  if (!experiment) throw missing(`No Experiment with id=${experimentId} exists`);
  const runs = await db.all<RunFiles>("SELECT run_uuid AS id, artifact_uri AS uri FROM runs WHERE experiment_id = ?", id);
  const selection = { runs, experiments: [experiment] };
  await removeRows(db, selection);
  return selection;
}

async function findDeleted(db: Connection, deletedBefore: number): Promise<Selection> {
  const experiments = await db.all<ExperimentFiles>(
    `SELECT experiment_id AS id, artifact_location AS location FROM experiments
     WHERE lifecycle_stage = 'deleted' AND last_update_time <= ? AND experiment_id <> 0${locking(db)}`,
    deletedBefore,
  );
  const runs = await db.all<RunFiles>(
    `SELECT run_uuid AS id, artifact_uri AS uri FROM runs
     WHERE (lifecycle_stage = 'deleted' AND coalesce(deleted_time, 0) <= ?) OR experiment_id IN ${IN_LIST}${locking(db)}`,
    deletedBefore,
    inList(experiments.map(({ id }) => id)),
  );
  return { runs, experiments };
}

function toPurged({ runs, experiments }: Selection): Purged {
  return { runs: runs.map(({ id }) => id), experiments: experiments.map(({ id }) => String(id)) };
}

async function removeRows(db: Connection, { runs, experiments }: Selection): Promise<void> {
  for (const { id } of runs) await removeRun(db, id);
  for (const { id } of experiments) for (const table of EXPERIMENT_TABLES) await db.run(`DELETE FROM ${table} WHERE experiment_id = ?`, id);
}

async function removeRun(db: Connection, runId: string): Promise<void> {
  await db.run(
    "DELETE FROM input_tags WHERE input_uuid IN (SELECT input_uuid FROM inputs WHERE destination_id = ? OR source_id = ?)",
    runId,
    runId,
  );
  await db.run("DELETE FROM inputs WHERE destination_id = ? OR source_id = ?", runId, runId);
  await db.run("DELETE FROM entity_associations WHERE destination_type = 'run' AND destination_id = ?", runId);
  for (const [table, column] of RUN_TABLES) await db.run(`DELETE FROM ${table} WHERE ${column} = ?`, runId);
}

/**
 * After the rows: rows without files would be broken, files without rows are only in the way. Only what the store keeps itself is removed:
 * a folder of the user's that an experiment names stays.
 */
async function removeFiles(artifacts: ArtifactStore, { runs, experiments }: Selection): Promise<void> {
  const own = experiments.flatMap(({ id, location }) => (location.endsWith(`/${id}`) ? [location] : []));
  for (const uri of [...runs.map(({ uri }) => uri.replace(/\/artifacts\/?$/, "")), ...own]) {
    if (artifacts.serves(uri)) await artifacts.delete(uri, "");
  }
}
