import { invalid } from "../../mlflow-error.js";
import type { MetricSeries, MetricSeriesQuery, SeriesPoint } from "../../store-views.js";
import type { Connection } from "../connection.js";

const MOST_POINTS = 1000;
const MOST_KEYS = 100;
/** Infinities are stored as the largest doubles. */
const LARGEST = 1e300;

/**
 * Metrics of a run over time: the mean and the extremes of equal stretches of time that have points; what is not finite is left out.
 * The primary key of the history begins with key and time, so that only the asked stretch is read. Throws INVALID_PARAMETER_VALUE.
 */
export async function readSeries(db: Connection, { runId, keys, from, to, points }: MetricSeriesQuery): Promise<MetricSeries[]> {
  if (points < 1 || points > MOST_POINTS) throw invalid(`points must be between 1 and ${MOST_POINTS}, not ${points}.`);
  if (keys.length > MOST_KEYS) throw invalid(`${keys.length} metrics are too many: at most ${MOST_KEYS} are read at once.`);
  if (to < from) throw invalid(`The time to (${to}) is before from (${from}).`);
  const width = Math.max(1, Math.ceil((to - from + 1) / points));
  const series: MetricSeries[] = [];
  for (const key of keys) {
    const rows = await db.all<{ time: number; mean: number; low: number; high: number; points: number }>(
      `SELECT MAX(timestamp) AS time, SUM(value) / COUNT(*) AS mean, MIN(value) AS low, MAX(value) AS high, COUNT(*) AS points FROM metrics
       WHERE "key" = ? AND timestamp BETWEEN ? AND ? AND run_uuid || '' = ? AND is_nan = FALSE AND ABS(value) < ?
       GROUP BY CAST((timestamp - ?) / ? AS INTEGER) ORDER BY 1`,
      ...[key, from, to, runId, LARGEST, from, width],
    );
    series.push({
      key,
      points: rows.map((row): SeriesPoint => ({ time: row.time, mean: row.mean, min: row.low, max: row.high, points: row.points })),
    });
  }
  return series;
}
