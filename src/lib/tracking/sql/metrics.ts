import { checkMaxResults, parsePageToken, toPageToken } from "../search/page-token.js";
import { LIMITS } from "../limits.js";
import type { HistoryQuery, Metric, Page, RunMetric } from "../records.js";
import type { Connection } from "./connection.js";

export interface MetricRow {
  key: string;
  value: number;
  timestamp: number;
  step: number;
  is_nan: number;
}

type PointRow = [key: string, value: number, timestamp: number, step: number, isNan: number, runId: string];

const PLACES = "(?, ?, ?, ?, ?, ?)";
const METRIC_COLUMNS = '("key", value, timestamp, step, is_nan, run_uuid)';
/** Rows a statement writes: one for each of few is a third slower. */
const ROWS = 100;

/**
 * Adds points to the histories of metrics; exact duplicates are dropped, so that sending them again is safe.
 * The latest value is the greatest by (step, timestamp, value), not the one logged last. NaN is kept as 0
 * with a flag, infinities as the largest doubles: all of it MLflow's own rules.
 */
export async function writeMetrics(
  db: Connection,
  run: { runId: string; experimentId: string },
  metrics: readonly Metric[],
): Promise<void> {
  for (let start = 0; start < metrics.length; start += ROWS) {
    const rows = metrics.slice(start, start + ROWS).map((metric) => toRow(run.runId, metric));
    await db.run(
      `INSERT INTO metrics ${METRIC_COLUMNS} VALUES ${rows.map(() => PLACES).join(", ")} ON CONFLICT DO NOTHING`,
      ...rows.flat(),
    );
    const latest = latestOf(rows);
    await db.run(
      `INSERT INTO latest_metrics ${METRIC_COLUMNS} VALUES ${latest.map(() => PLACES).join(", ")}
       ON CONFLICT ("key", run_uuid) DO UPDATE SET value = excluded.value, timestamp = excluded.timestamp, step = excluded.step, is_nan = excluded.is_nan
       WHERE (excluded.step, excluded.timestamp, excluded.value) > (latest_metrics.step, latest_metrics.timestamp, latest_metrics.value)`,
      ...latest.flat(),
    );
  }
  for (const metric of metrics) if (metric.modelId !== undefined) await writeModelMetric(db, run, metric);
}

/** Of each key the one row that comes last: a statement may write no row twice. */
function latestOf(rows: readonly PointRow[]): PointRow[] {
  const latest = new Map<string, PointRow>();
  for (const row of rows) {
    const known = latest.get(row[0]);
    if (!known || isLater(row, known)) latest.set(row[0], row);
  }
  return [...latest.values()];
}

function isLater([, value, time, step]: PointRow, [, otherValue, otherTime, otherStep]: PointRow): boolean {
  return (step - otherStep || time - otherTime || value - otherValue) > 0;
}

function toRow(runId: string, metric: Metric): PointRow {
  return [metric.key, storedValue(metric.value), metric.timestamp, metric.step, Number.isNaN(metric.value) ? 1 : 0, runId];
}

function storedValue(value: number): number {
  return Number.isNaN(value) ? 0 : Math.max(-Number.MAX_VALUE, Math.min(Number.MAX_VALUE, value));
}

async function writeModelMetric(
  db: Connection,
  { runId, experimentId }: { runId: string; experimentId: string },
  metric: Metric,
): Promise<void> {
  const { key, value, timestamp, step, modelId = "", datasetName = null, datasetDigest = null } = metric;
  const dataset = await db.get<{ dataset_uuid: string }>(
    "SELECT dataset_uuid FROM datasets WHERE experiment_id = ? AND name = ? AND digest = ?",
    Number(experimentId),
    datasetName,
    datasetDigest,
  );
  await db.run(
    `INSERT INTO logged_model_metrics VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (model_id, metric_name, metric_timestamp_ms, metric_step, run_id) DO UPDATE SET metric_value = excluded.metric_value,
       experiment_id = excluded.experiment_id, dataset_uuid = excluded.dataset_uuid, dataset_name = excluded.dataset_name,
       dataset_digest = excluded.dataset_digest`,
    ...[
      modelId,
      key,
      timestamp,
      step,
      storedValue(value),
      Number(experimentId),
      runId,
      dataset?.dataset_uuid ?? null,
      datasetName,
      datasetDigest,
    ],
  );
}

/** A point as it was logged: NaN where the flag says so. */
export function toMetric({ key, value, timestamp, step, is_nan: isNan }: MetricRow): Metric {
  return { key, value: isNan ? Number.NaN : value, timestamp, step };
}

/** The points of a metric by timestamp, step and value; all of them without maxResults. */
export async function readHistory(
  db: Connection,
  { runId, key }: { runId: string; key: string },
  { maxResults, pageToken }: { maxResults?: number | undefined; pageToken?: string | undefined },
): Promise<Page<Metric>> {
  const limit = maxResults === undefined ? Infinity : checkMaxResults(maxResults, LIMITS.historyPage);
  const offset = parsePageToken(pageToken);
  const rows = await db.all<MetricRow>(
    `SELECT "key", value, timestamp, step, is_nan FROM metrics WHERE run_uuid = ? AND "key" = ?
     ORDER BY timestamp, step, value LIMIT ? OFFSET ?`,
    ...[runId, key, Math.min(limit + 1, Number.MAX_SAFE_INTEGER), offset],
  );
  const more = rows.length > limit;
  const items = (more ? rows.slice(0, limit) : rows).map(toMetric);
  return more ? { items, nextPageToken: toPageToken(offset + limit) } : { items };
}

/** Points of a metric of several runs, between two steps, evenly downsampled to at most so many of each run. */
export async function readHistories(db: Connection, query: HistoryQuery): Promise<RunMetric[]> {
  const { runIds, key, startStep = Number.MIN_SAFE_INTEGER, endStep = Number.MAX_SAFE_INTEGER, maxResults } = query;
  const found: RunMetric[] = [];
  for (const runId of runIds) {
    const rows = await db.all<MetricRow>(
      `SELECT "key", value, timestamp, step, is_nan FROM metrics WHERE run_uuid = ? AND "key" = ? AND step BETWEEN ? AND ?
       ORDER BY step, timestamp, value`,
      ...[runId, key, startStep, endStep],
    );
    found.push(...thin(rows, maxResults).map((row) => ({ runId, metric: toMetric(row) })));
  }
  return found;
}

/** At most so many items at even distances, with the first and the last. */
function thin<T>(items: readonly T[], limit: number): T[] {
  if (items.length <= limit) return [...items];
  const last = items.length - 1;
  return Array.from({ length: limit }, (_, index) => items[limit === 1 ? last : Math.round((index * last) / (limit - 1))] as T);
}
