const ROOT_5 = Math.sqrt(5);

/** Matern's kernel with nu = 5/2 of a squared distance in length-scales, and its derivative by that squared distance. */
export function matern(squared: number): { value: number; slope: number } {
  const r = ROOT_5 * Math.sqrt(squared);
  const decay = Math.exp(-r);
  return { value: (1 + r + (r * r) / 3) * decay, slope: (-5 / 6) * (1 + r) * decay };
}

/**
 * What a Gaussian process believes before it sees data, as logarithms: a length-scale for each dimension (of the unit interval;
 * of being another category), the variance of the function, and that of noise nobody measured.
 */
export interface Hyperparameters {
  lengths: Float64Array;
  signal: number;
  noise: number;
}

/** The variance of the function's unknown mean, in standardised units. */
export const MEAN_VARIANCE = 0.5;
/** Keeps matrices invertible where there is no noise. */
export const LEAST_NOISE = 1e-6;

/** Hyperparameters from one array: lengths, signal, noise. */
export function unflatten(theta: Float64Array): Hyperparameters {
  const d = theta.length - 2;
  return { lengths: theta.slice(0, d), signal: theta[d] ?? 0, noise: theta[d + 1] ?? 0 };
}
