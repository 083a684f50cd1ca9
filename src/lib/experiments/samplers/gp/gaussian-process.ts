import { cholesky, dot, solveLower, solveTransposed } from "../../../base/math/linear-algebra.js";
import type { Point, SearchSpace } from "../space.js";
import { LEAST_NOISE, MEAN_VARIANCE, type Hyperparameters } from "./kernel.js";
import type { TrainingSet } from "./training-set.js";

/** What is believed at one setting: mean and variance of the function there, without noise. */
export interface Belief {
  mean: number;
  variance: number;
}

/** What is believed at one setting together with the settings seen. */
export interface JointBelief extends Belief {
  /** Covariances of the function there and at each setting seen. */
  shared: Float64Array;
  /** By setting seen: the prior covariance's change by the squared distance, and that covariance times the inverse of all. */
  slopes: Float64Array;
  solved: Float64Array;
}

/** A weighted sum of what a joint belief says. */
export interface BeliefWeights {
  mean: number;
  variance: number;
  shared?: Float64Array;
}

/** Settings with the values seen there, and the noise variances that were measured. */
type Seen = Pick<TrainingSet, "points" | "values" | "noise">;

/** A Gaussian process with fixed hyperparameters, after seeing its training set. */
export class GaussianProcess {
  /** Of noise nobody measured. */
  readonly noiseVariance: number;
  private readonly space: SearchSpace;
  private readonly hyperparameters: Hyperparameters;
  private readonly data: Seen;
  /** The settings seen, by dimension. */
  private readonly columns: readonly Float64Array[];
  private readonly weights: Float64Array;
  private readonly signal: number;
  private readonly factor: Float64Array;
  private readonly alpha: Float64Array;
  /** By setting seen: the variance of the noise on its value, and what rounding needs. */
  private readonly diagonal: Float64Array;

  /** Where rounding leaves the covariance without an inverse, a little noise is added. */
  constructor(space: SearchSpace, data: Seen, hyperparameters: Hyperparameters) {
    const { lengths, signal, noise } = hyperparameters;
    const n = data.points.length;
    this.hyperparameters = hyperparameters;
    this.space = space;
    this.data = data;
    this.columns = space.dimensions.map((_, j) => Float64Array.from(data.points, (point) => point[j] as number));
    this.weights = lengths.map((length) => Math.exp(-2 * length));
    this.signal = Math.exp(signal);
    this.noiseVariance = Math.exp(noise) + LEAST_NOISE;
    this.diagonal = Float64Array.from(data.noise, (measured) => this.noiseVariance + measured);
    this.factor = this.factorise();
    this.alpha = Float64Array.from(data.values);
    solveLower(this.factor, n, this.alpha);
    solveTransposed(this.factor, n, this.alpha);
  }

  /** The same model after further settings came out just as it believes. */
  believing(more: readonly Point[]): GaussianProcess {
    const values = Float64Array.from([...this.data.values, ...more.map((point) => this.predict(point).mean)]);
    const noise = Float64Array.from([...this.data.noise, ...more.map(() => 0)]);
    return new GaussianProcess(this.space, { points: [...this.data.points, ...more], values, noise }, this.hyperparameters);
  }

  /** The same model of a function that changes within so much shorter or longer distances. */
  stretched(factor: number): GaussianProcess {
    const lengths = this.hyperparameters.lengths.map((length) => length + Math.log(factor));
    return new GaussianProcess(this.space, this.data, { ...this.hyperparameters, lengths });
  }

  /** The prior variance of the function anywhere. */
  get priorVariance(): number {
    return this.signal + MEAN_VARIANCE;
  }

  predict(point: Point): Belief {
    const n = this.data.points.length;
    const covariances = this.covariancesWith(point);
    const mean = dot(covariances, this.alpha);
    solveLower(this.factor, n, covariances);
    return { mean, variance: Math.max(1e-12, this.priorVariance - dot(covariances, covariances)) };
  }

  /** The means at the settings seen. */
  get fitted(): Float64Array {
    return this.data.values.map((value, i) => value - (this.diagonal[i] as number) * (this.alpha[i] as number));
  }

  predictJointly(point: Point): JointBelief {
    const n = this.data.points.length;
    const slopes = new Float64Array(n);
    const solved = this.covariancesWith(point, slopes);
    const mean = dot(solved, this.alpha);
    solveLower(this.factor, n, solved);
    const variance = Math.max(1e-12, this.priorVariance - dot(solved, solved));
    solveTransposed(this.factor, n, solved);
    const shared = new Float64Array(n);
    for (let i = 0; i < n; i++) shared[i] = (solved[i] as number) * (this.diagonal[i] as number);
    return { mean, variance, shared, slopes, solved };
  }

  /** The gradient of a weighted sum of what is believed at a point, by the numeric dimensions; 0 at categories. */
  gradientOf(weights: BeliefWeights, point: Point, { slopes, solved }: JointBelief): Float64Array {
    const n = this.data.points.length;
    // the weighted sum's change by the prior covariance with each setting seen, then by the squared distance from it
    const pulls = new Float64Array(n);
    if (weights.shared) {
      for (let i = 0; i < n; i++) pulls[i] = (weights.shared[i] as number) * (this.diagonal[i] as number);
      solveLower(this.factor, n, pulls);
      solveTransposed(this.factor, n, pulls);
    }
    for (let i = 0; i < n; i++) {
      const others = weights.mean * (this.alpha[i] as number) - 2 * weights.variance * (solved[i] as number);
      pulls[i] = ((pulls[i] as number) + others) * (slopes[i] as number);
    }
    const gradient = new Float64Array(point.length);
    for (let j = 0; j < gradient.length; j++) {
      if (this.space.isCategorical(j)) continue;
      const column = this.columns[j] as Float64Array;
      let sum = 0;
      for (let i = 0; i < n; i++) sum += (pulls[i] as number) * ((point[j] as number) - (column[i] as number));
      gradient[j] = 2 * (this.weights[j] as number) * sum;
    }
    return gradient;
  }

  /** The squared distance in length-scales. */
  squaredDistance(a: Point, b: Point): number {
    let squared = 0;
    for (let i = 0; i < a.length; i++) {
      const apart = (a[i] as number) - (b[i] as number);
      squared += (this.weights[i] as number) * (this.space.isCategorical(i) ? Number(apart !== 0) : apart * apart);
    }
    return squared;
  }

  private factorise(): Float64Array {
    const n = this.data.points.length;
    const matrix = new Float64Array(n * n);
    for (const [row, point] of this.data.points.entries()) matrix.set(this.covariancesWith(point), row * n);
    for (let added = 0; ; added = added === 0 ? LEAST_NOISE * this.priorVariance : 10 * added) {
      const factor = Float64Array.from(matrix);
      for (let i = 0; i < n; i++) factor[i * n + i] = (factor[i * n + i] as number) + (this.diagonal[i] as number) + added;
      if (!cholesky(factor, n)) continue;
      for (let i = 0; i < n; i++) this.diagonal[i] = (this.diagonal[i] as number) + added;
      return factor;
    }
  }

  /** The prior covariances with the settings seen, and their changes by the squared distance. */
  private covariancesWith(point: Point, slopes?: Float64Array): Float64Array {
    const covariances = new Float64Array(this.data.points.length);
    for (let j = 0; j < point.length; j++) {
      const [weight, place, column] = [this.weights[j] as number, point[j] as number, this.columns[j] as Float64Array];
      const categorical = this.space.isCategorical(j);
      for (let i = 0; i < covariances.length; i++) {
        const apart = place - (column[i] as number);
        covariances[i] = (covariances[i] as number) + weight * (categorical ? Number(apart !== 0) : apart * apart);
      }
    }
    this.hyperparameters.kernel(covariances, slopes);
    for (let i = 0; i < covariances.length; i++) covariances[i] = this.signal * (covariances[i] as number) + MEAN_VARIANCE;
    if (slopes) for (let i = 0; i < slopes.length; i++) slopes[i] = this.signal * (slopes[i] as number);
    return covariances;
  }
}
