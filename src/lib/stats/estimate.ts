import { mean, sampleVariance } from "simple-statistics";
import { studentTQuantile } from "../math/student-t.js";

/** A mean with its 95 % interval; `n` counts independent samples, not repeats. `low` and `high` are null below two samples. */
export interface Estimate {
  mean: number;
  low: number | null;
  high: number | null;
  n: number;
}

const CONFIDENCE = 0.95;
/** The normal quantile of (1 + CONFIDENCE) / 2; simple-statistics' probit is only good to three digits. */
const Z = 1.959963984540054;

/**
 * The mean of a quantity over samples that were each measured one or more times, with a t interval
 * on the sample means: repeats of a sample are not independent, so they are averaged first
 * (clustered standard error for equal cluster sizes; Miller 2024, arXiv 2411.00640, eq. 4).
 */
export function estimateMean(bySample: readonly (readonly number[])[]): Estimate {
  const means = bySample.filter((values) => values.length > 0).map((values) => mean([...values]));
  const n = means.length;
  if (n === 0) return { mean: Number.NaN, low: null, high: null, n };
  const centre = mean(means);
  if (n === 1) return { mean: centre, low: null, high: null, n };
  const halfWidth = studentTQuantile((1 + CONFIDENCE) / 2, n - 1) * Math.sqrt(sampleVariance(means) / n);
  return { mean: centre, low: centre - halfWidth, high: centre + halfWidth, n };
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
  const centre = (rate + (Z * Z) / (2 * n)) / (1 + (Z * Z) / n);
  const halfWidth = (Z / (1 + (Z * Z) / n)) * Math.sqrt((rate * (1 - rate)) / n + (Z * Z) / (4 * n * n));
  return { low: Math.max(0, Math.min(rate, centre - halfWidth)), high: Math.min(1, Math.max(rate, centre + halfWidth)) };
}

function effectiveSize(rate: number, means: number[], observations: number): number {
  const n = means.length;
  const clustered = n > 1 ? sampleVariance(means) / n : 0;
  if (rate === 0 || rate === 1 || clustered === 0) return n;
  return Math.min(observations, Math.max(n, (rate * (1 - rate)) / clustered));
}
