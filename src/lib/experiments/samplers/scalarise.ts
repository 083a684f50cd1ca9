import type { Random } from "../../base/math/random.js";

/** The weight of the sum beside the worst objective. */
const SUM = 0.05;

/** Weights that are 0 or more and sum to 1, each such set equally likely. */
export function drawWeights(count: number, random: Random): number[] {
  const parts = Array.from({ length: count }, () => -Math.log(1 - random()));
  const total = parts.reduce((sum, part) => sum + part, 0);
  return parts.map((part) => part / total);
}

/**
 * One number for several objectives, more being better of each: the weighted worst of them and a little of their sum, each between
 * the least and the most seen (the augmented Chebyshev function of ParEGO; Knowles 2006). Standard errors go along by their weights.
 */
export function scalarise(
  rows: readonly (readonly { value: number; se?: number | undefined }[])[],
  weights: readonly number[],
): { value: number; se: number }[] {
  const ranges = weights.map((_, k) => {
    const values = rows.map((row) => row[k]?.value ?? 0);
    const low = Math.min(...values);
    return { low, width: Math.max(...values) - low || 1 };
  });
  return rows.map((row) => {
    const parts = weights.map((weight, k) => (weight * ((row[k]?.value ?? 0) - (ranges[k]?.low ?? 0))) / (ranges[k]?.width ?? 1));
    const errors = weights.map((weight, k) => (weight * (row[k]?.se ?? 0)) / (ranges[k]?.width ?? 1));
    return { value: Math.min(...parts) + SUM * parts.reduce((sum, part) => sum + part, 0), se: Math.hypot(...errors) };
  });
}
