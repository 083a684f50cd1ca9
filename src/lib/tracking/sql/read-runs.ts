import type { Metric, Run, RunInfo } from "../records.js";
import { locking, together, type Connection, type SqlList } from "./connection.js";
import { readLinks } from "./inputs.js";
import { IN_LIST, inList, readKeyed } from "./keyed-values.js";
import { toMetric } from "./metrics.js";

interface RunRow {
  run_uuid: string;
  name: string | null;
  experiment_id: number;
  user_id: string | null;
  status: Run["status"];
  start_time: number | null;
  end_time: number | null;
  artifact_uri: string;
  lifecycle_stage: Run["lifecycleStage"];
}

const COLUMNS = "run_uuid, name, experiment_id, user_id, status, start_time, end_time, artifact_uri, lifecycle_stage";

/** A run without its data; with `lock`, nobody else writes to it until the transaction ends. Undefined when there is none. */
export async function readRunInfo(db: Connection, runId: string, { lock = false } = {}): Promise<RunInfo | undefined> {
  const row = await db.get<RunRow>(`SELECT ${COLUMNS} FROM runs WHERE run_uuid = ?${lock ? locking(db) : ""}`, runId);
  return row && toRunInfo(row);
}

/** Runs without their data, by id. */
export async function readRunInfos(db: Connection, runIds: readonly string[]): Promise<Map<string, RunInfo>> {
  const rows = await db.all<RunRow>(`SELECT ${COLUMNS} FROM runs WHERE run_uuid IN ${IN_LIST}`, inList(runIds));
  return new Map(rows.map((row) => [row.run_uuid, toRunInfo(row)]));
}

/** Whole runs in the order of their ids. */
export async function readRuns(db: Connection, runIds: readonly string[]): Promise<Run[]> {
  if (runIds.length === 0) return [];
  const list = inList(runIds);
  const [infos, params, tags, metrics, links] = await together(
    readRunInfos(db, runIds),
    readKeyed(db, { table: "params", owner: "run_uuid" }, runIds),
    readKeyed(db, { table: "tags", owner: "run_uuid" }, runIds),
    readLatestMetrics(db, runIds, list),
    readLinks(db, runIds),
  );
  const none = { datasets: [], modelInputs: [], modelOutputs: [] };
  return runIds.flatMap((id) => {
    const info = infos.get(id);
    if (!info) return [];
    return [
      { ...info, params: params.get(id) ?? {}, metrics: metrics.get(id) ?? [], tags: tags.get(id) ?? {}, ...(links.get(id) ?? none) },
    ];
  });
}

async function readLatestMetrics(db: Connection, runIds: readonly string[], list: SqlList): Promise<Map<string, Metric[]>> {
  const found = new Map<string, Metric[]>(runIds.map((id) => [id, []]));
  const rows = await db.rows<[run: string, key: string, value: number, timestamp: number, step: number, isNan: number]>(
    `SELECT run_uuid, "key", value, timestamp, step, is_nan FROM latest_metrics WHERE run_uuid IN ${IN_LIST} ORDER BY rowid`,
    list,
  );
  for (const [run, key, value, timestamp, step, isNan] of rows)
    found.get(run)?.push(toMetric({ key, value, timestamp, step, is_nan: isNan }));
  return found;
}

function toRunInfo(row: RunRow): RunInfo {
  return {
    runId: row.run_uuid,
    runName: row.name ?? "",
    experimentId: String(row.experiment_id),
    userId: row.user_id ?? "",
    status: row.status,
    startTime: row.start_time ?? 0,
    endTime: row.end_time,
    artifactUri: row.artifact_uri,
    lifecycleStage: row.lifecycle_stage,
  };
}
