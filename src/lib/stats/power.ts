import { normalQuantile } from "../math/normal.js";

const ALPHA = 0.05;
const POWER = 0.8;
const Z_SUM = normalQuantile(1 - ALPHA / 2) + normalQuantile(POWER);

/** Samples with which a paired test at 5 % finds a mean difference of that size four times out of five (Cohen 1988, ch. 2). */
export function samplesNeeded(difference: number, deviation: number): number {
  return difference === 0 ? Number.POSITIVE_INFINITY : Math.ceil(((Z_SUM * deviation) / difference) ** 2);
}

/** The smallest mean difference a paired test at 5 % finds four times out of five. */
export function detectableDifference(samples: number, deviation: number): number {
  return (Z_SUM * deviation) / Math.sqrt(samples);
}
