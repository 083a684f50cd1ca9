import { mean, sampleSkewness, sampleStandardDeviation } from "simple-statistics";
import { studentTCdf } from "../math/student-t.js";
import { estimateMean } from "./estimate.js";
import { signFlipTest } from "./sign-flip.js";

/** Two settings or runs beside each other, sample by sample. */
export interface PairedDifference {
  /** Samples both have. */
  n: number;
  /** Mean of second minus first, with its 95 % interval (null below two samples). */
  difference: number;
  low: number | null;
  high: number | null;
  /** Two-sided. */
  pValue: number;
  /** Difference over the standard deviation of differences (Cohen's d_z); 0 where nothing differs. */
  effectSize: number;
  test: "paired t" | "sign flip";
}

const FEW = 30;
/** A mean so far below the differences is what adding them left over. */
const ROUNDING = 1e-12;

/**
 * Tests whether paired differences are centred on zero: Student's paired t where at least 30 samples differ
 * and that is enough for their skewness (25 times its square, Cochran 1977, Sampling Techniques 2.15);
 * otherwise by flipping signs, which needs neither (McNemar's exact test for rights and wrongs).
 */
export function comparePaired(differences: readonly number[]): PairedDifference {
  const { mean: centre, low, high, n } = estimateMean(differences.map((value) => [value]));
  const largest = differences.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const difference = Math.abs(centre) <= ROUNDING * largest ? 0 : centre;
  if (n === 0) return { n, difference: Number.NaN, low, high, pValue: 1, effectSize: 0, test: "sign flip" };
  const deviation = n > 1 ? sampleStandardDeviation([...differences]) : 0;
  const effectSize = deviation === 0 ? 0 : difference / deviation;
  const byT = deviation > 0 && isEnoughForT(differences);
  const pValue = byT ? 2 * studentTCdf(-Math.abs(effectSize) * Math.sqrt(n), n - 1) : signFlipTest(differences);
  return { n, difference, low, high, pValue, effectSize, test: byT ? "paired t" : "sign flip" };
}

function isEnoughForT(differences: readonly number[]): boolean {
  const differing = differences.filter((d) => d !== 0).length;
  return differing >= FEW && differing >= 25 * sampleSkewness([...differences]) ** 2;
}

/** Mean second minus mean first of every sample that both have values of. */
export function pairMeans(first: readonly (readonly number[])[], second: readonly (readonly number[])[]): number[] {
  return first.flatMap((values, sample) => {
    const others = second[sample] ?? [];
    return values.length === 0 || others.length === 0 ? [] : [mean([...others]) - mean([...values])];
  });
}
