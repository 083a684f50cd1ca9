import { cholesky, inverseOf, logDeterminant, solveLower, solveTransposed } from "../../math/linear-algebra.js";
import type { SearchSpace } from "../space.js";
import { LEAST_NOISE, matern, MEAN_VARIANCE } from "./kernel.js";
import type { TrainingSet } from "./training-set.js";

/** A normal distribution of a logarithm. */
interface Prior {
  mean: number;
  sd: number;
}

/** Far enough from the middle of every prior to be impossible. */
const REACH = 5;

/**
 * What is believed of hyperparameters before and after seeing data. Priors of their logarithms, by the number of dimensions d:
 * lengths N(-1.2 + ln(d) / 2, 0.9), so that functions of many parameters are not thought rougher (Hvarfner et al. 2024, arXiv
 * 2402.02229), lengths of categories N(-0.4, 0.9), signal N(0, 1), noise N(-5, 2.5).
 */
export class Hyperposterior {
  readonly priors: readonly Prior[];

  constructor(space: SearchSpace) {
    const length = { mean: -1.2 + Math.log(space.size) / 2, sd: 0.9 };
    const lengths = space.dimensions.map((_, i) => (space.isCategorical(i) ? { mean: -0.4, sd: 0.9 } : length));
    this.priors = [...lengths, { mean: 0, sd: 1 }, { mean: -5, sd: 2.5 }];
  }

  /** The middles of all priors. */
  get centre(): Float64Array {
    return Float64Array.from(this.priors, ({ mean }) => mean);
  }

  get box(): { low: Float64Array; high: Float64Array } {
    return {
      low: Float64Array.from(this.priors, ({ mean, sd }) => mean - REACH * sd),
      high: Float64Array.from(this.priors, ({ mean, sd }) => mean + REACH * sd),
    };
  }

  /** The logarithm of the posterior density, but for a constant; -Infinity where it cannot be computed. Writes the gradient if asked. */
  logDensity(theta: Float64Array, data: TrainingSet, gradient?: Float64Array): number {
    const n = data.values.length;
    const covariance = new Float64Array(n * n);
    const slopes = gradient && new Float64Array(n * n);
    fillCovariance(theta, data, covariance, slopes);
    const prior = gradient && covariance.slice();
    const factor = covariance;
    if (!cholesky(factor, n)) return -Infinity;
    const alpha = Float64Array.from(data.values);
    solveLower(factor, n, alpha);
    const fit = -0.5 * alpha.reduce((sum, value) => sum + value * value, 0);
    const density = fit - 0.5 * logDeterminant(factor, n) + this.logPrior(theta, gradient);
    if (gradient && slopes && prior) {
      solveTransposed(factor, n, alpha);
      addDataGradient(theta, data, { inverse: inverseOf(factor, n), alpha, slopes, prior }, gradient);
    }
    return density;
  }

  private logPrior(theta: Float64Array, gradient: Float64Array | undefined): number {
    return this.priors.reduce((sum, { mean, sd }, i) => {
      const z = ((theta[i] ?? 0) - mean) / sd;
      if (gradient) gradient[i] = -z / sd;
      return sum - (z * z) / 2;
    }, 0);
  }
}

/** The covariance of the data, its lower triangle and diagonal; with `slopes` also the kernel's derivative by the squared distance, times the signal. */
function fillCovariance(theta: Float64Array, { differences, noise }: TrainingSet, covariance: Float64Array, slopes?: Float64Array): void {
  const n = noise.length;
  const d = differences.length;
  const signal = Math.exp(theta[d] ?? 0);
  const unmeasured = Math.exp(theta[d + 1] ?? 0) + LEAST_NOISE;
  const weights = differences.map((_, i) => Math.exp(-2 * (theta[i] ?? 0)));
  for (let row = 0; row < n; row++) {
    for (let column = 0; column < row; column++) {
      const at = row * n + column;
      let squared = 0;
      for (let i = 0; i < d; i++) squared += (weights[i] as number) * ((differences[i] as Float64Array)[at] as number);
      const { value, slope } = matern(squared);
      covariance[at] = signal * value + MEAN_VARIANCE;
      if (slopes) slopes[at] = signal * slope;
    }
    covariance[row * n + row] = signal + MEAN_VARIANCE + unmeasured + (noise[row] as number);
  }
}

interface Solved {
  inverse: Float64Array;
  alpha: Float64Array;
  slopes: Float64Array;
  /** The covariance before it was factored. */
  prior: Float64Array;
}

/** Adds half the trace of (alpha alpha' - inverse) times the covariance's derivative (Rasmussen and Williams 2006, eq. 5.9). */
function addDataGradient(
  theta: Float64Array,
  { differences, noise }: TrainingSet,
  { inverse, alpha, slopes, prior }: Solved,
  gradient: Float64Array,
): void {
  const n = noise.length;
  const d = differences.length;
  const unmeasured = Math.exp(theta[d + 1] ?? 0);
  const weights = differences.map((_, i) => -2 * Math.exp(-2 * (theta[i] ?? 0)));
  const signal = Math.exp(theta[d] ?? 0);
  const sums = new Float64Array(d + 2);
  for (let row = 0; row < n; row++) {
    const own = alpha[row] as number;
    for (let column = 0; column < row; column++) {
      const at = row * n + column;
      const share = own * (alpha[column] as number) - (inverse[at] as number);
      const slope = share * (slopes[at] as number);
      for (let i = 0; i < d; i++) {
        sums[i] = (sums[i] as number) + slope * (weights[i] as number) * ((differences[i] as Float64Array)[at] as number);
      }
      sums[d] = (sums[d] as number) + share * ((prior[at] as number) - MEAN_VARIANCE);
    }
    const share = 0.5 * (own * own - (inverse[row * n + row] as number));
    sums[d] = (sums[d] as number) + share * signal;
    sums[d + 1] = (sums[d + 1] as number) + share * unmeasured;
  }
  for (let i = 0; i < sums.length; i++) gradient[i] = (gradient[i] as number) + (sums[i] as number);
}
