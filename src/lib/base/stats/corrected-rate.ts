import type { Interval } from "./bootstrap.js";

const Z = 1.959963984540054;

/** How often a test is right, and on how many known cases that was seen. */
export interface TestAccuracy {
  /** Of the passing ones, the share found to pass; and of how many. */
  tpr: number;
  positives: number;
  /** Of the failing ones, the share found to fail; and of how many. */
  tnr: number;
  negatives: number;
}

/**
 * The rate of passing answers behind the rate a judge with known errors lets pass (Rogan and Gladen 1978), with Lang and
 * Reiczigel's 95 % interval (2014, Prev. Vet. Med. 113), which also counts the uncertainty of the judge's error rates. Null
 * for a judge no better than chance.
 */
export function correctedRate(
  rate: number,
  n: number,
  { tpr, positives, tnr, negatives }: TestAccuracy,
): (Interval & { rate: number }) | null {
  if (tpr + tnr <= 1 || n === 0) return null;
  const clamp = (value: number) => Math.min(1, Math.max(0, value));
  const size = n + Z ** 2;
  const seen = (n * rate + Z ** 2 / 2) / size;
  const [se, seSize] = [(positives * tpr + 1) / (positives + 2), positives + 2];
  const [sp, spSize] = [(negatives * tnr + 1) / (negatives + 2), negatives + 2];
  const youden = se + sp - 1;
  if (youden <= 0) return null;
  const center = (seen + sp - 1) / youden;
  const [seSpread, spSpread] = [(se * (1 - se)) / seSize, (sp * (1 - sp)) / spSize];
  const shift = 2 * Z ** 2 * (center * seSpread - (1 - center) * spSpread);
  const deviation = Math.sqrt((seen * (1 - seen)) / size + center ** 2 * seSpread + (1 - center) ** 2 * spSpread) / youden;
  return {
    rate: clamp((rate + tnr - 1) / (tpr + tnr - 1)),
    low: clamp(center + shift - Z * deviation),
    high: clamp(center + shift + Z * deviation),
  };
}
