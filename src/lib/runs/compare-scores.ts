import { compareFamily, judgeDifference, type JudgedDifference } from "../stats/compare-family.js";
import type { Correction } from "../stats/multiplicity.js";
import type { DifferenceScale } from "../stats/paired.js";
import type { Direction } from "../stats/verdict.js";
import { mean } from "simple-statistics";
import type { SampleScores } from "./sample-scores.js";
import { guessDirection } from "./best-run.js";

const NEUTRAL = /(^|_)(length|words|count|tokens)$/i;

/** Scores of single samples from a run or a file. */
export interface ScoredSource {
  name: string;
  scores: SampleScores | undefined;
  /** Which way metrics are better, as far as their maker said. */
  directions: Readonly<Record<string, Direction>>;
}

/** A score of a source beside the first source's, sample by sample; p values and intervals are corrected over the sources. */
export interface ScoreComparison extends JudgedDifference {
  /** The index of the source. */
  source: number;
  score: string;
}

export interface CompareOptions {
  correction?: Correction;
  /** Differences below it do not matter. */
  minEffect?: number;
}

/** Compares every score the first source has with the others'. */
export function compareScores(
  [first, ...others]: readonly ScoredSource[],
  { correction = "holm", minEffect = 0 }: CompareOptions = {},
): ScoreComparison[] {
  if (!first?.scores) return [];
  return [...first.scores].flatMap(([score, base]) => {
    const paired = others.flatMap((other, index) => {
      const differences = pairDifferences(base, other.scores?.get(score));
      return differences.length === 0 ? [] : [{ source: index + 1, differences }];
    });
    const compared = compareFamily(
      paired.map(({ differences }) => differences),
      { correction, scale: scaleOf([first, ...others].map(({ scores }) => scores?.get(score))) },
    );
    const direction = first.directions[score] ?? directionOf(score);
    return compared.map((difference, i) => ({
      ...judgeDifference(difference, { direction, minEffect }),
      ...{ source: paired[i]?.source ?? 0, score },
    }));
  });
}

/** Scores that are all 0 or 1 are rights and wrongs. */
function scaleOf(all: readonly (ReadonlyMap<string, number[]> | undefined)[]): DifferenceScale {
  const isBinary = all.every(
    (scores) => !scores || [...scores.values()].every((values) => values.every((value) => value === 0 || value === 1)),
  );
  return isBinary ? { largest: 1, binary: true } : {};
}

/** Which way a metric is better, by its name. */
export function directionOf(metric: string): Direction {
  return NEUTRAL.test(metric) ? "none" : guessDirection(metric);
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
