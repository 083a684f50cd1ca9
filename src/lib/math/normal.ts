import { incompleteGamma } from "./incomplete-gamma.js";

/** P(Z <= z) for a standard normal Z, to about 1e-14, through the incomplete gamma function (NIST DLMF 7.11.1). */
export function normalCdf(z: number): number {
  const half = incompleteGamma(0.5, (z * z) / 2) / 2;
  return z >= 0 ? 0.5 + half : 0.5 - half;
}

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
