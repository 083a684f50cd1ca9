import { median } from "simple-statistics";

/** Below so many cells the times of a quarter say little. */
const FEWEST_CELLS = 80;

/** How long a cell of a setting took. */
export interface CellLatency {
  setting: number;
  ms: number;
}

/**
 * How much longer cells took in the last quarter of a run than in the first, each against the median of its setting, in the
 * order they ended: far from 1 says that the machine changed meanwhile. Null for a short run.
 */
export function latencyDrift(latencies: readonly CellLatency[]): number | null {
  if (latencies.length < FEWEST_CELLS) return null;
  const usual = new Map<number, number>();
  for (const setting of new Set(latencies.map((cell) => cell.setting))) {
    usual.set(setting, median(latencies.filter((cell) => cell.setting === setting).map(({ ms }) => ms)));
  }
  const relative = latencies.map(({ setting, ms }) => ms / (usual.get(setting) || 1));
  const quarter = Math.floor(relative.length / 4);
  const first = median(relative.slice(0, quarter));
  return first > 0 ? median(relative.slice(-quarter)) / first : null;
}
