import { OWN, post } from "./client.js";
import type { Direction } from "./study-parts.js";

export type Verdict = "better" | "worse" | "higher" | "lower" | "no difference" | "cannot tell";

/** A run beside the baseline, sample by sample. */
export interface PairedVerdict {
  run_id: string;
  samples: number;
  difference: number;
  low: number | null;
  high: number | null;
  confidence: number;
  p_value: number;
  test: string;
  verdict: Verdict;
  further_samples: number | null;
}

export interface RunComparison {
  score: string | null;
  scores: string[];
  directions: Record<string, Direction>;
  notes: string[];
  pairs: PairedVerdict[];
}

/** Compares runs with one of them by the samples that both scored; at most 100 runs. Throws ApiError. */
export async function compareRuns(
  runs: readonly string[],
  { baseline, score }: { baseline: string; score: string | undefined },
  signal?: AbortSignal,
): Promise<RunComparison> {
  return post<RunComparison>(`${OWN}/runs/compare`, { runs, baseline, ...(score === undefined ? {} : { score }) }, signal);
}
