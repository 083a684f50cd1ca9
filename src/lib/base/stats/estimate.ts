import { z } from "zod";
import { mean, sampleVariance } from "simple-statistics";
import { measured } from "./measured.js";
import { unitOf } from "./score-value.js";
import { studentTQuantile } from "../math/student-t.js";

export const estimateSchema = z.object({
  mean: measured,
  low: z.number().nullable(),
  high: z.number().nullable(),
  n: z.number(),
});

/** A mean with its 95 % interval; `n` counts independent samples, not repeats. `low` and `high` are null where nothing tells how wide it is. */
export type Estimate = z.infer<typeof estimateSchema>;

/** The lowest and highest value a quantity can have; infinite where it has no end on that side. */
export type Bounds = readonly [low: number, high: number];

export interface EstimateOptions {
  /** The scale of the quantity, such as [1, 5] of a grade: no end of the interval leaves it. Without it the quantity has no ends. */
  bounds?: Bounds | undefined;
}

/**
 * So many samples have to agree before their agreement is evidence: of n alike at most a share of 3/n of all others differs, with 95 %
 * confidence (the rule of three, Hanley and Lippman-Hand 1983); an interval without width claims more than that.
 */
export const FEWEST_ALIKE = 60;

const UNBOUNDED: Bounds = [-Infinity, Infinity];
const CONFIDENCE = 0.95;
/** The normal quantile of (1 + CONFIDENCE) / 2; simple-statistics' probit is only good to three digits. */
const Z = 1.959963984540054;

/**
 * The mean of a quantity over samples that were each measured one or more times, with a 95 % t interval
 * on the sample means: repeats of a sample are not independent, so they are averaged first
 * (clustered standard error for equal cluster sizes; Miller 2024, arXiv 2411.00640, eq. 4). With `bounds` the interval stays on
 * the scale; samples that all agree there do not claim certainty: their interval is Wilson's (1927) for a rate on that scale, which
 * no quantity between the two ends varies more than. Without a scale fewer than FEWEST_ALIKE samples that agree have no interval.
 * Without samples the mean is NaN.
 */
export function estimateMean(bySample: readonly (readonly number[])[], { bounds = UNBOUNDED }: EstimateOptions = {}): Estimate {
  const means = bySample.filter((values) => values.length > 0).map((values) => mean([...values]));
  const n = means.length;
  if (n === 0) return { mean: Number.NaN, low: null, high: null, n };
  const center = mean(means);
  if (n === 1) return { mean: center, low: null, high: null, n };
  const isAlike = means.every((value) => value === means[0]);
  if (isAlike && isScale(bounds)) return { mean: center, ...wilsonOnScale(center, n, bounds), n };
  if (isAlike && n < FEWEST_ALIKE) return { mean: center, low: null, high: null, n };
  const halfWidth = (studentTQuantile((1 + CONFIDENCE) / 2, n - 1) * deviationOf(means)) / Math.sqrt(n);
  return { mean: center, ...within(bounds, { low: center - halfWidth, high: center + halfWidth }), n };
}

/** With n - 1. */
function deviationOf(values: readonly number[]): number {
  const unit = unitOf(values);
  return unit * Math.sqrt(sampleVariance(values.map((value) => value / unit)));
}

/** What is known beforehand of the values of a score. */
export interface ScoreScale {
  kind: "rate" | "mean";
  /** The lowest and highest value there can be, where that is known. */
  range?: Bounds | undefined;
}

/**
 * The estimate of a score by its kind: a rate where it is one, or where it gave nothing but rights and wrongs, which any scorer may
 * give; a mean elsewhere. `isBinary`: all its values are 0 or 1, those of other settings too.
 */
export function estimateScore(bySample: readonly (readonly number[])[], scale: ScoreScale, isBinary = isAllBinary(bySample)): Estimate {
  return isRate(scale, isBinary) ? estimateRate(bySample) : estimateMean(bySample, { bounds: scale.range });
}

/** Whether a score counts rights and wrongs: grades of another scale, or lengths, that happen to be 0 or 1 do not. */
export function isRate({ kind, range }: ScoreScale, isBinary: boolean): boolean {
  return kind === "rate" || (isBinary && (range === undefined || (range[0] === 0 && range[1] === 1)));
}

function isAllBinary(bySample: readonly (readonly number[])[]): boolean {
  return bySample.every((values) => values.every((value) => value === 0 || value === 1));
}

/** An interval cut off where its scale ends. */
export function within([lowest, highest]: Bounds, { low, high }: { low: number; high: number }): { low: number; high: number } {
  const clip = (value: number) => Math.min(highest, Math.max(lowest, value));
  return { low: clip(low), high: clip(high) };
}

function isScale([lowest, highest]: Bounds): boolean {
  return Number.isFinite(lowest) && Number.isFinite(highest) && highest > lowest;
}

function wilsonOnScale(value: number, n: number, [lowest, highest]: Bounds): { low: number; high: number } {
  const width = highest - lowest;
  const { low, high } = wilson(Math.min(1, Math.max(0, (value - lowest) / width)), n);
  return { low: lowest + width * low, high: lowest + width * high };
}

/**
 * A rate (values 0 or 1) over samples that were each measured one or more times, with Wilson's
 * interval (Wilson 1927) at the effective number of observations: the binomial variance divided by
 * the clustered one, kept between the number of samples and the number of observations
 * (Korn and Graubard 1998 for the effective size).
 */
export function estimateRate(bySample: readonly (readonly number[])[]): Estimate {
  const clusters = bySample.filter((values) => values.length > 0);
  const n = clusters.length;
  if (n === 0) return { mean: Number.NaN, low: null, high: null, n };
  const means = clusters.map((values) => mean([...values]));
  const rate = mean(means);
  const observations = clusters.reduce((sum, values) => sum + values.length, 0);
  const { low, high } = wilson(rate, effectiveSize(rate, means, observations));
  return { mean: rate, low, high, n };
}

/** Wilson's score interval of a rate seen in `n` independent observations (n may be fractional). */
export function wilson(rate: number, n: number): { low: number; high: number } {
  const center = (rate + (Z * Z) / (2 * n)) / (1 + (Z * Z) / n);
  const halfWidth = (Z / (1 + (Z * Z) / n)) * Math.sqrt((rate * (1 - rate)) / n + (Z * Z) / (4 * n * n));
  return { low: Math.max(0, Math.min(rate, center - halfWidth)), high: Math.min(1, Math.max(rate, center + halfWidth)) };
}

function effectiveSize(rate: number, means: number[], observations: number): number {
  const n = means.length;
  const clustered = n > 1 ? sampleVariance(means) / n : 0;
  if (rate === 0 || rate === 1 || clustered === 0) return n;
  return Math.min(observations, Math.max(n, (rate * (1 - rate)) / clustered));
}
