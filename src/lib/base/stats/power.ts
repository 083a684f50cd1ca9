import { normalQuantile } from "../math/normal.js";

const ALPHA = 0.05;
const POWER = 0.8;
const Z_POWER = normalQuantile(POWER);
const Z_SUM = normalQuantile(1 - ALPHA / 2) + Z_POWER;

/** Samples with which a paired test at 5 % finds a mean difference of that size four times out of five (Cohen 1988, ch. 2). */
export function samplesNeeded(difference: number, deviation: number): number {
  return difference === 0 ? Number.POSITIVE_INFINITY : Math.ceil(((Z_SUM * deviation) / difference) ** 2);
}

/** The smallest mean difference a paired test at 5 % finds four times out of five. */
export function detectableDifference(samples: number, deviation: number): number {
  return (Z_SUM * deviation) / Math.sqrt(samples);
}

/**
 * How many more samples would narrow an interval, whose half-width falls with the root of their number, to the room that is left
 * beside its center; null where there is none.
 */
export function furtherToNarrow(n: number, halfWidth: number, room: number): number | null {
  return room > 0 && Number.isFinite(halfWidth) ? Math.max(1, Math.ceil(n * (halfWidth / room) ** 2) - n) : null;
}

/**
 * How many more samples like those seen would find the difference four times out of five at a two-sided level (Cohen 1988, ch. 2):
 * what is seen, in standard errors, grows with the root of their number. Where that alone would have been enough, but the test
 * asks for more than the normal distribution, it is what the p value amounts to. At least as many as a test needs in which all
 * differences point the same way; Infinity where nothing points either way.
 */
export function furtherSamplesAt(level: number, { n, effectSize, pValue }: { n: number; effectSize: number; pValue: number }): number {
  const fewest = Math.ceil(1 - Math.log2(level));
  const critical = -normalQuantile(level / 2);
  const byEffect = Math.abs(effectSize) * Math.sqrt(n);
  const byTest = pValue >= 1 ? 0 : -normalQuantile(pValue / 2);
  const seen = byEffect > 0 && byEffect < critical ? byEffect : byTest;
  const needed = n === 1 ? fewest : n * ((critical + Z_POWER) / seen) ** 2;
  return Math.max(1, Math.ceil(Math.max(needed, fewest)) - n);
}
