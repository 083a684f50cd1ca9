import { correct, type Correction } from "../stats/multiplicity.js";
import { comparePaired, type PairedDifference } from "../stats/paired.js";
import { furtherSamples, toVerdict, type Direction, type Verdict } from "../stats/verdict.js";
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

/** A score of a source beside the first source's, sample by sample; the p value is corrected over the sources. */
export interface ScoreComparison extends PairedDifference {
  /** The index of the source. */
  source: number;
  score: string;
  verdict: Verdict;
  /** How many more samples would probably tell; null where it is told, or nothing differs. */
  furtherSamples: number | null;
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
    const raw = others.flatMap((other, index) => {
      const differences = pairDifferences(base, other.scores?.get(score));
      return differences.length === 0 ? [] : [{ source: index + 1, ...comparePaired(differences) }];
    });
    const pValues = correct(
      raw.map(({ pValue }) => pValue),
      correction,
    );
    const direction = first.directions[score] ?? directionOf(score);
    return raw.map((difference, i) => {
      const compared = { ...difference, pValue: pValues[i] ?? 1 };
      const verdict = toVerdict(compared, { direction, minEffect });
      return { ...compared, score, verdict, furtherSamples: verdict === "cannot tell" ? furtherSamples(compared) : null };
    });
  });
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
