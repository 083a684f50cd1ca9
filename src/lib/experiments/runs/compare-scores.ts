import type { ScoreScale } from "../gates/check-size.js";
import { compareFamily, judgeDifference, type JudgedDifference } from "../../base/stats/compare-family.js";
import type { Correction } from "../../base/stats/multiplicity.js";
import { within } from "../../base/stats/estimate.js";
import type { PairedDifference } from "../../base/stats/paired.js";
import type { Direction } from "../../base/stats/verdict.js";
import { saidDirection, usualDirection } from "../../base/stats/metric-directions.js";
import { mean } from "simple-statistics";
import { alignSamples } from "./align-samples.js";
import type { ScoredSource } from "./sample-scores.js";

const SHOWN = 5;

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
    const direction = directionOf(score, results) ?? "none";
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
    const { isBinary, largest } = scaleOf(name, directionOf(name, sources) ?? "none", sources);
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

/** Which way a score is better: what the first of its sources that knows says, or else its name; undefined where neither tells. */
export function directionOf(score: string, sources: readonly Pick<ScoredSource, "directions">[]): Direction | undefined {
  return (
    saidDirection(
      score,
      sources.map(({ directions }) => directions),
    ) ?? usualDirection(score)
  );
}

/** The sources with the user's own words on which way scores are better, which win. */
export function withDirections(sources: readonly ScoredSource[], said: Readonly<Record<string, Direction>>): ScoredSource[] {
  return sources.map((source) => ({ ...source, directions: { ...source.directions, ...said } }));
}

/** In words, which of the compared scores have verdicts of higher and lower because nobody said which is better; undefined for none. */
export function describeUndirected(paired: readonly ScoreComparison[], sources: readonly ScoredSource[]): string | undefined {
  const unknown = [...new Set(paired.map(({ score }) => score))].filter((score) => directionOf(score, sources) === undefined);
  if (unknown.length === 0) return undefined;
  const shown = unknown.slice(0, SHOWN).join(", ") + (unknown.length > SHOWN ? `, and ${unknown.length - SHOWN} more` : "");
  const example = JSON.stringify({ [unknown[0] ?? ""]: "min" });
  return (
    `Whether more or less is better is not known of ${shown}: verdicts say higher or lower. Pass --higher-is-better or --lower-is-better ` +
    `with the name of a score, or give a run the tag llmops.directions, as in ${example}.`
  );
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
