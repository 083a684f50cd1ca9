import { cholesky, dot, solveLower, solveTransposed } from "../../math/linear-algebra.js";
import type { Point, SearchSpace } from "../space.js";
import { LEAST_NOISE, matern, MEAN_VARIANCE, type Hyperparameters } from "./kernel.js";
import type { TrainingSet } from "./training-set.js";

/** What is believed at one setting: mean and variance of the function there, without noise. */
export interface Belief {
  mean: number;
  variance: number;
}

/** A Gaussian process with fixed hyperparameters, after seeing its training set. */
export class GaussianProcess {
  /** Of noise nobody measured. */
  readonly noiseVariance: number;
  private readonly space: SearchSpace;
  private readonly hyperparameters: Hyperparameters;
  private readonly points: readonly Point[];
  private readonly weights: Float64Array;
  private readonly signal: number;
  private readonly factor: Float64Array;
  private readonly alpha: Float64Array;

  /** Where rounding leaves the covariance without an inverse, a little noise is added. */
  constructor(space: SearchSpace, data: Pick<TrainingSet, "points" | "values" | "noise">, hyperparameters: Hyperparameters) {
    const { lengths, signal, noise } = hyperparameters;
    const n = data.points.length;
    this.hyperparameters = hyperparameters;
    this.space = space;
    this.points = data.points;
    this.weights = lengths.map((length) => Math.exp(-2 * length));
    this.signal = Math.exp(signal);
    this.noiseVariance = Math.exp(noise) + LEAST_NOISE;
    this.factor = this.factorise(data);
    this.alpha = Float64Array.from(data.values);
    solveLower(this.factor, n, this.alpha);
    solveTransposed(this.factor, n, this.alpha);
  }

  /** The same model after further settings came out just as it believes. */
  believing(data: Pick<TrainingSet, "points" | "values" | "noise">, more: readonly Point[]): GaussianProcess {
    const values = Float64Array.from([...data.values, ...more.map((point) => this.predict(point).mean)]);
    const noise = Float64Array.from([...data.noise, ...more.map(() => 0)]);
    return new GaussianProcess(this.space, { points: [...data.points, ...more], values, noise }, this.hyperparameters);
  }

  /** The prior variance of the function anywhere. */
  get priorVariance(): number {
    return this.signal + MEAN_VARIANCE;
  }

  predict(point: Point): Belief {
    const n = this.points.length;
    const covariances = new Float64Array(n);
    for (let i = 0; i < n; i++) covariances[i] = this.covariance(point, this.points[i] as Point);
    const mean = dot(covariances, this.alpha);
    solveLower(this.factor, n, covariances);
    return { mean, variance: Math.max(1e-12, this.priorVariance - dot(covariances, covariances)) };
  }

  /** The belief with its gradients by the numeric dimensions; 0 at categories. */
  predictWithGradient(point: Point): Belief & { meanSlope: Float64Array; varianceSlope: Float64Array } {
    const n = this.points.length;
    const d = point.length;
    const covariances = new Float64Array(n);
    const slopes = new Float64Array(n);
    for (const [i, other] of this.points.entries()) {
      const { value, slope } = matern(this.squaredDistance(point, other));
      covariances[i] = this.signal * value + MEAN_VARIANCE;
      slopes[i] = this.signal * slope;
    }
    const mean = dot(covariances, this.alpha);
    const solved = Float64Array.from(covariances);
    solveLower(this.factor, n, solved);
    const variance = Math.max(1e-12, this.priorVariance - dot(solved, solved));
    solveTransposed(this.factor, n, solved);
    const meanSlope = new Float64Array(d);
    const varianceSlope = new Float64Array(d);
    for (let j = 0; j < d; j++) {
      if (this.space.isCategorical(j)) continue;
      const weight = 2 * (this.weights[j] as number);
      for (let i = 0; i < n; i++) {
        const change = (slopes[i] as number) * weight * ((point[j] as number) - ((this.points[i] as Point)[j] as number));
        meanSlope[j] = (meanSlope[j] as number) + change * (this.alpha[i] as number);
        varianceSlope[j] = (varianceSlope[j] as number) - 2 * change * (solved[i] as number);
      }
    }
    return { mean, variance, meanSlope, varianceSlope };
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

  private factorise({ points, noise }: Pick<TrainingSet, "points" | "noise">): Float64Array {
    const n = points.length;
    const matrix = new Float64Array(n * n);
    for (let row = 0; row < n; row++) {
      const point = points[row] as Point;
      for (let column = 0; column <= row; column++) matrix[row * n + column] = this.covariance(point, points[column] as Point);
      matrix[row * n + row] = (matrix[row * n + row] as number) + this.noiseVariance + (noise[row] as number);
    }
    for (let added = 0; ; added = added === 0 ? LEAST_NOISE * this.priorVariance : 10 * added) {
      const factor = Float64Array.from(matrix);
      for (let i = 0; i < n; i++) factor[i * n + i] = (factor[i * n + i] as number) + added;
      if (cholesky(factor, n)) return factor;
    }
  }

  private covariance(a: Point, b: Point): number {
    return this.signal * matern(this.squaredDistance(a, b)).value + MEAN_VARIANCE;
  }
}
