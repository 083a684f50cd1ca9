import type { Point, SearchSpace } from "../space.js";

/** What a Gaussian process learns from: settings with their standardised values, and the variance each value is known to have. */
export interface TrainingSet {
  points: readonly Point[];
  values: Float64Array;
  /** Measured noise variances, in standardised units; 0 where nothing was measured. */
  noise: Float64Array;
  /** By dimension: squared differences of all pairs, each point with those before it; 1 and 0 for categories that differ or not. */
  differences: readonly Float64Array[];
}

/** Prepares a training set; `values` and `noise` belong to the points. */
export function toTrainingSet(space: SearchSpace, points: readonly Point[], values: Float64Array, noise: Float64Array): TrainingSet {
  const n = points.length;
  const differences = Array.from({ length: space.size }, (_, dimension) => {
    const categorical = space.isCategorical(dimension);
    const table = new Float64Array((n * (n - 1)) / 2);
    let at = 0;
    for (let row = 0; row < n; row++) {
      for (let column = 0; column < row; column++) {
        const apart = (points[row]?.[dimension] ?? 0) - (points[column]?.[dimension] ?? 0);
        table[at++] = categorical ? Number(apart !== 0) : apart * apart;
      }
    }
    return table;
  });
  return { points, values, noise, differences };
}
