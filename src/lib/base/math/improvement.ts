import { normalCdf } from "./normal.js";

const LOG_ROOT_TWO_PI = 0.9189385332046727;
const FAR = 1e4;
const TERMS = 200;

/** The density of the standard normal distribution. */
export function normalDensity(z: number): number {
  return Math.exp(logNormalDensity(z));
}

/** The logarithm of the density of the standard normal distribution. */
export function logNormalDensity(z: number): number {
  return (-z * z) / 2 - LOG_ROOT_TWO_PI;
}

/** Mills' ratio P(Z > z) / density(z) for z >= 1, by its continued fraction (Abramowitz and Stegun 26.2.14). */
export function millsRatio(z: number): number {
  // from the far end: 1 / (z + 1 / (z + 2 / (z + ...)))
  const terms = Math.min(TERMS, Math.ceil(20 + 160 / (z * z)));
  let tail = z;
  for (let k = terms; k >= 1; k--) tail = z + k / tail;
  return 1 / tail;
}

/**
 * The logarithm of density(z) + z P(Z <= z), which is expected improvement in units of the standard deviation, and its derivative;
 * exact far below the incumbent too, where improvement itself is smaller than any number (Ament et al. 2023, arXiv 2310.20708).
 */
export function logImprovement(z: number): { value: number; slope: number } {
  if (z > -1) {
    const below = normalCdf(z);
    const improvement = normalDensity(z) + z * below;
    return { value: Math.log(improvement), slope: below / improvement };
  }
  const far = -z;
  const logDensity = logNormalDensity(z);
  if (far > FAR) return { value: logDensity - 2 * Math.log(far), slope: far };
  const ratio = millsRatio(far);
  const rest = 1 - far * ratio;
  return { value: logDensity + Math.log(rest), slope: ratio / rest };
}

/** The logarithm of P(Z <= z) of the standard normal distribution and its derivative, exact far below zero too. */
export function logNormalCdf(z: number): { value: number; slope: number } {
  if (z > -1) {
    const below = normalCdf(z);
    return { value: Math.log(below), slope: normalDensity(z) / below };
  }
  const ratio = millsRatio(-z);
  return { value: logNormalDensity(z) + Math.log(ratio), slope: 1 / ratio };
}
