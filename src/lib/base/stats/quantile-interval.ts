/** An interval of which an end is unknown where too few values were measured to have it. */
export interface QuantileInterval {
  low: number | null;
  high: number | null;
}

/** Of the standard normal distribution, for 95 %. */
const Z = 1.959964;

/**
 * The 95 % interval of a quantile of independent values, whatever their distribution: between two of them in order, by how many of n
 * values a binomial variable has below it (normal approximation; Conover, Practical Nonparametric Statistics, 3.2).
 */
export function quantileInterval(sorted: ArrayLike<number>, share: number): QuantileInterval {
  const n = sorted.length;
  const reach = Z * Math.sqrt(n * share * (1 - share));
  // counted from 0
  const low = Math.floor(n * share - reach) - 1;
  const high = Math.ceil(n * share + reach);
  return { low: sorted[low] ?? null, high: sorted[high] ?? null };
}
