import { incompleteGamma } from "./incomplete-gamma.js";

/** P(Z <= z) for a standard normal Z, to about 1e-14, through the incomplete gamma function (NIST DLMF 7.11.1). */
export function normalCdf(z: number): number {
  const half = incompleteGamma(0.5, (z * z) / 2) / 2;
  return z >= 0 ? 0.5 + half : 0.5 - half;
}

/**
 * P(Z > z) over the density at z, for z >= 0 (Mills' ratio): times the density it is the upper tail with full relative precision,
 * however far out (continued fraction, NIST DLMF 7.9.1).
 */
export function millsRatio(z: number): number {
  if (z < CONTINUED_FROM) return (1 - normalCdf(z)) / normalDensity(z);
  let value = z;
  for (let k = 60; k >= 1; k--) value = z + k / value;
  return 1 / value;
}

/** The density of a standard normal at z. */
export function normalDensity(z: number): number {
  return Math.exp(-(z * z) / 2) / Math.sqrt(2 * Math.PI);
}

/** From there the continued fraction has converged after sixty steps. */
const CONTINUED_FROM = 2;

/** The z for which P(Z <= z) = p, 0 < p < 1, by bisection to 1e-12. */
export function normalQuantile(p: number): number {
  let low = -40;
  let high = 40;
  while (high - low > 1e-12) {
    const middle = (low + high) / 2;
    if (normalCdf(middle) < p) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
