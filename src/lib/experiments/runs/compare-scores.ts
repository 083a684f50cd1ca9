import type { ScoreScale } from "../gates/check-size.js";
import { compareFamily, judgeDifference, type JudgedDifference } from "../../base/stats/compare-family.js";
import type { Correction } from "../../base/stats/multiplicity.js";
import { within } from "../../base/stats/estimate.js";
import type { PairedDifference } from "../../base/stats/paired.js";
import type { Direction } from "../../base/stats/verdict.js";
import { mean } from "simple-statistics";
import { alignSamples } from "./align-samples.js";
import type { ScoredSource } from "./sample-scores.js";
import { guessDirection } from "./best-run.js";

const NEUTRAL = /(^|_)(length|words|count|tokens)$/i;

const SPEED = /per_(?:second|minute|hour)|_(?:rate|throughput)$/i;

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

/** Compares every score the first source has with the others', over the samples that `alignSamples` pairs. */
export function compareScores(
  results: readonly ScoredSource[],
  { correction = "holm", minEffect = 0 }: CompareOptions = {},
): ScoreComparison[] {
  const [first, ...others] = alignSamples(results).sources;
  if (!first?.scores) return [];
  return [...first.scores].flatMap(([score, base]) => {
    const paired = others.flatMap((other, index) => {
      const differences = pairDifferences(base, other.scores?.get(score));
      return differences.length === 0 ? [] : [{ source: index + 1, differences }];
    });
    const direction = first.directions[score] ?? directionOf(score);
    const { isBinary, largest } = scaleOf(score, direction, [first, ...others]);
    const compared = compareFamily(
      paired.map(({ differences }) => differences),
      { correction, scale: isBinary ? { largest: 1, binary: true } : {} },
    );
    return compared.map((difference, i) => ({
      ...judgeDifference(withinScale(difference, largest), { direction, minEffect }),
      ...{ source: paired[i]?.source ?? 0, score },
    }));
  });
}

/** What sizes of each score of the first source are held to. */
export function scoreScales(sources: readonly ScoredSource[]): ScoreScale[] {
  return [...(sources[0]?.scores?.keys() ?? [])].map((name) => {
    const { isBinary, largest } = scaleOf(name, sources[0]?.directions[name] ?? directionOf(name), sources);
    return { name, isRate: isBinary, largest: Number.isFinite(largest) ? largest : undefined };
  });
}

/** Scores that are all 0 or 1 are rights and wrongs; those in between that should be high are shares, unless they are a speed. */
function scaleOf(score: string, direction: Direction, sources: readonly ScoredSource[]): { isBinary: boolean; largest: number } {
  const all = sources.flatMap(({ scores }) => [...(scores?.get(score)?.values() ?? [])].flat());
  const isBinary = sources.every((source) => source.rates?.has(score) === true || isRate(source.scores?.get(score)));
  const isShare = direction === "max" && !SPEED.test(score) && all.every((value) => value >= 0 && value <= 1);
  return { isBinary, largest: isBinary || isShare ? 1 : Infinity };
}

/** True for scores that are all 0 or 1: rights and wrongs. */
export function isRate(bySample: ReadonlyMap<string, readonly number[]> | undefined): boolean {
  return [...(bySample?.values() ?? [])].flat().every((value) => value === 0 || value === 1);
}

/** An interval that ends where differences do. */
function withinScale(compared: PairedDifference, largest: number): PairedDifference {
  const { low, high } = compared;
  return low === null || high === null ? compared : { ...compared, ...within([-largest, largest], { low, high }) };
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
