import { LlmopsError } from "../../errors/llmops-error.js";
import type { Metric, Run, RunBatch } from "../records.js";
import type { SqliteDatabase } from "./open-database.js";

interface RunRow {
  run_uuid: string;
  name: string;
  experiment_id: number;
  status: Run["status"];
  start_time: number;
  end_time: number | null;
  artifact_uri: string;
  lifecycle_stage: Run["lifecycleStage"];
}

/** Writes a batch; call it inside a transaction. */
export function writeBatch(database: SqliteDatabase, runId: string, { params = {}, metrics = [], tags = {} }: RunBatch): void {
  for (const [key, value] of Object.entries(params)) writeParam(database, runId, key, value);
  for (const metric of metrics) writeMetric(database, runId, metric);
  const upsert = database.prepare(
    'INSERT INTO tags ("key", value, run_uuid) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET value = excluded.value',
  );
  for (const [key, value] of Object.entries(tags)) upsert.run(key, value, runId);
}

function writeParam(database: SqliteDatabase, runId: string, key: string, value: string): void {
  const old = database.prepare('SELECT value FROM params WHERE "key" = ? AND run_uuid = ?').get(key, runId) as
    { value: string } | undefined;
  if (old === undefined) {
    database.prepare('INSERT INTO params ("key", value, run_uuid) VALUES (?, ?, ?)').run(key, value, runId);
  } else if (old.value !== value) {
    throw new LlmopsError(
      "INVALID_ARGUMENT",
      `The param "${key}" of run ${runId} is already "${old.value}" and cannot become "${value}".`,
      {
        hint: "Params are written once; use a metric or a tag for what changes.",
      },
    );
  }
}

/**
 * Adds a point to a metric's history; exact duplicates are dropped. The latest value is the greatest
 * by (step, timestamp, value), not the one logged last. NaN is kept as 0 with a flag, infinities as
 * the largest doubles: all of it MLflow's own rules.
 */
function writeMetric(database: SqliteDatabase, runId: string, metric: Metric): void {
  const isNan = Number.isNaN(metric.value) ? 1 : 0;
  const value = isNan ? 0 : Math.max(-Number.MAX_VALUE, Math.min(Number.MAX_VALUE, metric.value));
  const row = [metric.key, value, metric.timestamp, metric.step, isNan, runId];
  database.prepare('INSERT OR IGNORE INTO metrics ("key", value, timestamp, step, is_nan, run_uuid) VALUES (?, ?, ?, ?, ?, ?)').run(...row);
  database
    .prepare(
      `INSERT INTO latest_metrics ("key", value, timestamp, step, is_nan, run_uuid) VALUES (?, ?, ?, ?, ?, ?)
       ON CONFLICT ("key", run_uuid) DO UPDATE SET value = excluded.value, timestamp = excluded.timestamp, step = excluded.step, is_nan = excluded.is_nan
       WHERE (excluded.step, excluded.timestamp, excluded.value) > (latest_metrics.step, latest_metrics.timestamp, latest_metrics.value)`,
    )
    .run(...row);
}

/** Reads whole runs for a query over the runs table. */
export function readRuns(database: SqliteDatabase, where: string, values: (string | number)[]): Run[] {
  const rows = database.prepare(`SELECT * FROM runs ${where}`).all(...values) as RunRow[];
  return rows.map((row) => toRun(database, row));
}

function toRun(database: SqliteDatabase, row: RunRow): Run {
  const pairs = (table: "params" | "tags") =>
    database.prepare(`SELECT "key", value FROM ${table} WHERE run_uuid = ? ORDER BY "key"`).all(row.run_uuid) as {
      key: string;
      value: string;
    }[];
  const latest = database
    .prepare('SELECT "key", value, is_nan FROM latest_metrics WHERE run_uuid = ? ORDER BY "key"')
    .all(row.run_uuid) as { key: string; value: number; is_nan: number }[];
  return {
    runId: row.run_uuid,
    runName: row.name,
    experimentId: String(row.experiment_id),
    status: row.status,
    startTime: row.start_time,
    endTime: row.end_time,
    artifactUri: row.artifact_uri,
    lifecycleStage: row.lifecycle_stage,
    params: Object.fromEntries(pairs("params").map((p) => [p.key, p.value])),
    metrics: Object.fromEntries(latest.map((m) => [m.key, m.is_nan ? Number.NaN : m.value])),
    tags: Object.fromEntries(pairs("tags").map((t) => [t.key, t.value])),
  };
}
