const ROOT_5 = Math.sqrt(5);

/**
 * Replaces squared distances in length-scales by correlations, and writes their derivatives by those squared distances if asked. Of many
 * at once, since this is where most of the time of a search goes.
 */
export type Kernel = (squared: Float64Array, slopes?: Float64Array) => void;

/** Matern's kernel with nu = 5/2: of functions that can be bent anywhere. */
export function matern(squared: Float64Array, slopes?: Float64Array): void {
  for (let i = 0; i < squared.length; i++) {
    const r = ROOT_5 * Math.sqrt(squared[i] as number);
    const decay = Math.exp(-r);
    squared[i] = (1 + r + (r * r) / 3) * decay;
    if (slopes) slopes[i] = (-5 / 6) * (1 + r) * decay;
  }
}

/** The squared exponential kernel: of functions that are smooth all over. */
export function squaredExponential(squared: Float64Array, slopes?: Float64Array): void {
  for (let i = 0; i < squared.length; i++) {
    const value = Math.exp((squared[i] as number) / -2);
    squared[i] = value;
    if (slopes) slopes[i] = value / -2;
  }
}

/**
 * What a Gaussian process believes before it sees data, as logarithms: a length-scale for each dimension (of the unit interval;
 * of being another category), the variance of the function, and that of noise nobody measured.
 */
export interface Hyperparameters {
  kernel: Kernel;
  lengths: Float64Array;
  signal: number;
  noise: number;
}

/** The variance of the function's unknown mean, in standardised units. */
export const MEAN_VARIANCE = 0.5;
/** Keeps matrices invertible where there is no noise. */
export const LEAST_NOISE = 1e-6;

/** Hyperparameters from a kernel and one array: lengths, signal, noise. */
export function unflatten(theta: Float64Array, kernel: Kernel): Hyperparameters {
  const d = theta.length - 2;
  return { kernel, lengths: theta.slice(0, d), signal: theta[d] ?? 0, noise: theta[d + 1] ?? 0 };
}
