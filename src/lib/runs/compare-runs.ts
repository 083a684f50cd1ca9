import { mean } from "simple-statistics";
import { estimateMean } from "../stats/estimate.js";
import { holm } from "../stats/holm.js";
import { signFlipTest } from "../stats/sign-flip.js";
import { metricValue, type Run } from "../tracking/records.js";
import type { TrackingStore } from "../tracking/tracking-store.js";
import { guessDirection } from "./best-run.js";
import { differingParams } from "./run-columns.js";
import { readSampleScores, type SampleScores } from "./sample-scores.js";

const ALPHA = 0.05;
const NEUTRAL = /(^|_)(length|words|count|tokens)$/i;

/** A score of a run beside the first run's, sample by sample. */
export interface PairedComparison {
  runId: string;
  score: string;
  /** Samples both runs have. */
  samples: number;
  /** Mean difference to the first run, with its 95 % interval. */
  difference: number;
  low: number | null;
  high: number | null;
  /** Two-sided, by flipping signs, corrected for the number of runs the score is compared in (Holm). */
  pValue: number;
  /** Higher or lower for what is neither good nor bad, such as a length. */
  verdict: "better" | "worse" | "higher" | "lower" | "cannot tell";
}

export interface RunComparison {
  runs: Run[];
  /** Params that are not the same in all runs. */
  params: string[];
  /** Metrics at least one run has, without bounds of intervals. */
  metrics: string[];
  /** Empty where the runs have no scores of single samples in common. */
  paired: PairedComparison[];
}

/** Compares runs with the first of them. */
export async function compareRuns(store: TrackingStore, runs: readonly Run[]): Promise<RunComparison> {
  const tables = await Promise.all(runs.map((run) => readSampleScores(store, run)));
  const metrics = [...new Set(runs.flatMap((run) => run.metrics.map(({ key }) => key)))];
  return {
    runs: [...runs],
    params: differingParams(runs),
    metrics: metrics.filter((key) => !/_ci_(low|high)$/.test(key)),
    paired: comparePairs(runs, tables),
  };
}

function comparePairs(runs: readonly Run[], tables: readonly (SampleScores | undefined)[]): PairedComparison[] {
  const [first, ...others] = tables;
  if (!first) return [];
  return [...first].flatMap(([score, base]) => {
    const raw = others.flatMap((table, index) => {
      const differences = pairDifferences(base, table?.get(score));
      return differences.length === 0 ? [] : [{ runId: runs[index + 1]?.runId ?? "", differences }];
    });
    const pValues = holm(raw.map(({ differences }) => signFlipTest(differences)));
    return raw.map(({ runId, differences }, index) => {
      const { mean: difference, low, high, n } = estimateMean(differences.map((value) => [value]));
      const pValue = pValues[index] ?? 1;
      return { runId, score, samples: n, difference, low, high, pValue, verdict: toVerdict(score, difference, pValue) };
    });
  });
}

function toVerdict(score: string, difference: number, pValue: number): PairedComparison["verdict"] {
  if (pValue > ALPHA) return "cannot tell";
  if (NEUTRAL.test(score)) return difference > 0 ? "higher" : "lower";
  return (guessDirection(score) === "max") === difference > 0 ? "better" : "worse";
}

/** The differences of the means of samples that both have. */
export function pairDifferences(
  first: ReadonlyMap<string, number[]> | undefined,
  second: ReadonlyMap<string, number[]> | undefined,
): number[] {
  if (!first || !second) return [];
  return [...first].flatMap(([sample, values]) => {
    const other = second.get(sample);
    return other ? [mean(other) - mean(values)] : [];
  });
}

/** The value of a metric of a run, and how far it is from the first run's. */
export function metricDifference(run: Run, first: Run, metric: string): { value: number | undefined; difference: number | undefined } {
  const value = metricValue(run, metric);
  const base = metricValue(first, metric);
  return { value, difference: value === undefined || base === undefined ? undefined : value - base };
}
