import { cholesky, dot, inverseOf, logDeterminant, solveLower, solveTransposed } from "../../../base/math/linear-algebra.js";
import type { SearchSpace } from "../space.js";
import { LEAST_NOISE, MEAN_VARIANCE, type Kernel } from "./kernel.js";
import type { TrainingSet } from "./training-set.js";

/** A normal distribution of a logarithm. */
interface Prior {
  mean: number;
  sd: number;
}

/** Far enough from the middle of every prior to be impossible. */
const REACH = 5;

/** Of noise, beside its wide prior: none to speak of, with that weight. */
const NO_NOISE = { mean: -13, sd: 1.5, weight: 0.45 };

/**
 * What is believed of hyperparameters before and after seeing data. Priors of their logarithms, by the number of dimensions d:
 * lengths N(-1.2 + ln(d) / 2, 0.9), so that functions of many parameters are not thought rougher (Hvarfner et al. 2024, arXiv
 * 2402.02229), lengths of categories N(-0.4, 0.9), signal N(0, 1), noise N(-5, 2.5)
 * or, as it may well be that there is none, N(-13, 1.5).
 */
export class Hyperposterior {
  readonly priors: readonly Prior[];
  readonly kernel: Kernel;

  constructor(space: SearchSpace, kernel: Kernel) {
    this.kernel = kernel;
    const length = { mean: -1.2 + Math.log(space.size) / 2, sd: 0.9 };
    const lengths = space.dimensions.map((_, i) => (space.isCategorical(i) ? { mean: -0.4, sd: 0.9 } : length));
    this.priors = [...lengths, { mean: 0, sd: 1 }, { mean: -5, sd: 2.5 }];
  }

  /** The middles of all priors. */
  get center(): Float64Array {
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
    const { correlations, slopes } = correlate(this.kernel, theta, data, gradient !== undefined);
    const factor = covarianceOf(theta, data, correlations);
    if (!cholesky(factor, n)) return -Infinity;
    const alpha = Float64Array.from(data.values);
    solveLower(factor, n, alpha);
    const fit = -0.5 * dot(alpha, alpha);
    const density = fit - 0.5 * logDeterminant(factor, n) + this.logPrior(theta, gradient);
    if (gradient && slopes) {
      solveTransposed(factor, n, alpha);
      addDataGradient(theta, data, { inverse: inverseOf(factor, n), alpha, slopes, correlations }, gradient);
    }
    return density;
  }

  private logPrior(theta: Float64Array, gradient: Float64Array | undefined): number {
    const last = theta.length - 1;
    return theta.reduce((sum, value, i) => {
      const prior = this.priors[i] as Prior;
      const { density, slope } = i === last ? logMixture(value, prior, NO_NOISE) : logNormal(value, prior);
      if (gradient) gradient[i] = slope;
      return sum + density;
    }, 0);
  }
}

/** The logarithm of a normal density, but for a constant, and its slope. */
function logNormal(value: number, { mean, sd }: Prior): { density: number; slope: number } {
  const z = (value - mean) / sd;
  return { density: -(z * z) / 2, slope: -z / sd };
}

/** The same of a mixture of a normal distribution with another one of that weight. */
function logMixture(value: number, prior: Prior, other: Prior & { weight: number }): { density: number; slope: number } {
  const own = logNormal(value, prior);
  const added = logNormal(value, other);
  const odds = ((other.weight / (1 - other.weight)) * prior.sd) / other.sd;
  const most = Math.max(own.density, added.density);
  const [a, b] = [Math.exp(own.density - most), odds * Math.exp(added.density - most)];
  return { density: most + Math.log(a + b), slope: (a * own.slope + b * added.slope) / (a + b) };
}

/** Correlations of the function at all pairs of points, each point with those before it, and the changes by the squared distance. */
function correlate(
  kernel: Kernel,
  theta: Float64Array,
  { differences, noise }: TrainingSet,
  withSlopes: boolean,
): { correlations: Float64Array; slopes: Float64Array | undefined } {
  const pairs = (noise.length * (noise.length - 1)) / 2;
  const correlations = new Float64Array(pairs);
  for (const [i, table] of differences.entries()) {
    const weight = Math.exp(-2 * (theta[i] ?? 0));
    for (let at = 0; at < pairs; at++) correlations[at] = (correlations[at] as number) + weight * (table[at] as number);
  }
  const slopes = withSlopes ? new Float64Array(pairs) : undefined;
  kernel(correlations, slopes);
  return { correlations, slopes };
}

/** The covariance of the data, its lower triangle and diagonal. */
function covarianceOf(theta: Float64Array, { differences, noise }: TrainingSet, correlations: Float64Array): Float64Array {
  const n = noise.length;
  const signal = Math.exp(theta[differences.length] ?? 0);
  const unmeasured = Math.exp(theta[differences.length + 1] ?? 0) + LEAST_NOISE;
  const covariance = new Float64Array(n * n);
  let at = 0;
  for (let row = 0; row < n; row++) {
    const start = row * n;
    for (let column = 0; column < row; column++) covariance[start + column] = signal * (correlations[at++] as number) + MEAN_VARIANCE;
    covariance[start + row] = signal + MEAN_VARIANCE + unmeasured + (noise[row] as number);
  }
  return covariance;
}

interface Solved {
  inverse: Float64Array;
  alpha: Float64Array;
  correlations: Float64Array;
  slopes: Float64Array;
}

/** Adds half the trace of (alpha alpha' - inverse) times the covariance's derivative (Rasmussen and Williams 2006, eq. 5.9). */
function addDataGradient(
  theta: Float64Array,
  { differences, noise }: TrainingSet,
  { inverse, alpha, slopes, correlations }: Solved,
  gradient: Float64Array,
): void {
  const n = noise.length;
  const d = differences.length;
  const unmeasured = Math.exp(theta[d + 1] ?? 0);
  const signal = Math.exp(theta[d] ?? 0);
  const shares = new Float64Array(slopes.length);
  const sums = new Float64Array(d + 2);
  let at = 0;
  for (let row = 0; row < n; row++) {
    const own = alpha[row] as number;
    for (let column = 0; column < row; column++, at++) {
      shares[at] = signal * (own * (alpha[column] as number) - (inverse[row * n + column] as number));
    }
    const share = 0.5 * (own * own - (inverse[row * n + row] as number));
    sums[d] = (sums[d] as number) + share * signal;
    sums[d + 1] = (sums[d + 1] as number) + share * unmeasured;
  }
  sums[d] = (sums[d] as number) + dot(shares, correlations);
  for (let k = 0; k < shares.length; k++) shares[k] = (shares[k] as number) * (slopes[k] as number);
  for (const [i, table] of differences.entries()) sums[i] = -2 * Math.exp(-2 * (theta[i] ?? 0)) * dot(shares, table);
  for (let i = 0; i < sums.length; i++) gradient[i] = (gradient[i] as number) + (sums[i] as number);
}
