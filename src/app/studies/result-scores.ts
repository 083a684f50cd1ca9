import { estimateScore, type Estimate } from "../../lib/base/stats/estimate.js";
import type { Direction } from "../../lib/base/stats/verdict.js";
import { checkSize } from "../../lib/experiments/gates/check-size.js";
import { directionOf, scoreScales } from "../../lib/experiments/runs/compare-scores.js";
import type { ScoredSource } from "../../lib/experiments/runs/sample-scores.js";
import { keyed } from "../../lib/tracking/keyed.js";

/** What is known of the scores of results. */
export interface ResultScores {
  /** Of each result: the means of its scores, with their intervals. */
  means: readonly Readonly<Record<string, Estimate>>[];
  /** Which way each score is better. */
  directions: Readonly<Record<string, Direction>>;
}

/** The means of all scores of results, and which way they are better. */
export function scoresOf(sources: readonly ScoredSource[]): ResultScores {
  return { means: meansOf(sources), directions: directionsOf(sources) };
}

function meansOf(sources: readonly ScoredSource[]): Record<string, Estimate>[] {
  const rates = new Set(scoreScales(sources).flatMap(({ name, isRate }) => (isRate ? [name] : [])));
  return sources.map(({ scores }) =>
    keyed(
      [...(scores ?? [])].flatMap(([score, bySample]) => {
        const values = [...bySample.values()].filter((own) => own.length > 0);
        return values.length === 0 ? [] : [[score, estimateScore(values, { kind: rates.has(score) ? "rate" : "mean" })]];
      }),
    ),
  );
}

function directionsOf(sources: readonly ScoredSource[]): Record<string, Direction> {
  const scores = new Set(sources.flatMap(({ scores: own }) => [...(own?.keys() ?? [])]));
  return keyed([...scores].map((score) => [score, directionOf(score, sources) ?? "none"]));
}

/** Throws INVALID_ARGUMENT for a difference that would matter of no gated score; without gates, of no score at all. */
export function checkMinEffect(sources: readonly ScoredSource[], gated: readonly string[], minEffect: number): void {
  const scales = scoreScales(sources);
  const deciding = scales.filter(({ name }) => gated.includes(name));
  if (deciding.length === 0 && scales.some(({ largest = Infinity }) => minEffect < largest)) return;
  for (const scale of deciding.length > 0 ? deciding : scales) checkSize("--min-effect", minEffect, scale);
}
