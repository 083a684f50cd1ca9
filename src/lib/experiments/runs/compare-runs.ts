import { metricValue, type Run } from "../../tracking/records.js";
import type { Direction } from "../../base/stats/verdict.js";
import type { TrackingStore } from "../../tracking/tracking-store.js";
import { alignSamples } from "./align-samples.js";
import { compareScores, describeUndirected, directionOf, withDirections, type ScoreComparison } from "./compare-scores.js";
import { differingParams } from "./run-columns.js";
import { scoredRun } from "./scored-source.js";

export interface RunComparison {
  runs: Run[];
  /** Params that are not the same in all runs. */
  params: string[];
  /** Metrics at least one run has, without bounds of intervals. */
  metrics: string[];
  /** Empty where the runs have no scores of single samples in common; a comparison's source is the run's index. */
  paired: ScoreComparison[];
  /** Which way metrics and scores are better, as far as that is known. */
  directions: Record<string, Direction>;
  /** Which samples are left out because they ask something else, and of which scores nobody said which way is better, in words. */
  notes: string[];
}

/** Compares runs with the first of them; `said` is which way scores are better, which wins over what runs and names say. */
export async function compareRuns(
  store: TrackingStore,
  runs: readonly Run[],
  said: Readonly<Record<string, Direction>> = {},
): Promise<RunComparison> {
  const sources = withDirections(await Promise.all(runs.map((run) => scoredRun(store, run))), said);
  const paired = compareScores(sources);
  const undirected = describeUndirected(paired, sources);
  const metrics = [...new Set(runs.flatMap((run) => run.metrics.map(({ key }) => key)))];
  return {
    runs: [...runs],
    params: differingParams(runs),
    metrics: metrics.filter((key) => !/_ci_(low|high)$/.test(key)),
    paired,
    directions: Object.fromEntries(
      [...new Set([...metrics, ...paired.map(({ score }) => score)])].map((key) => [key, directionOf(key, sources) ?? "none"]),
    ),
    notes: [...alignSamples(sources).notes, ...(undirected === undefined ? [] : [undirected])],
  };
}

/** The value of a metric of a run, and how far it is from the first run's. */
export function metricDifference(run: Run, first: Run, metric: string): { value: number | undefined; difference: number | undefined } {
  const value = metricValue(run, metric);
  const base = metricValue(first, metric);
  return { value, difference: value === undefined || base === undefined ? undefined : value - base };
}
