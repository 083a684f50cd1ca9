/** How p values of a family of comparisons are corrected: for any false finding, for the share of false findings, or not. */
export const CORRECTIONS = ["holm", "bh", "none"] as const;
export type Correction = (typeof CORRECTIONS)[number];

/** The error rate of a family of comparisons. */
export const ALPHA = 0.05;

/** What a correction decides of a family, in the order its p values were given. */
export interface FamilyDecision {
  /** Corrected p values: those of at most ALPHA are found. */
  adjusted: Float64Array;
  /** The level each comparison came to be tested at: its p value is at most that where it is found, and above it elsewhere. */
  levels: Float64Array;
}

/**
 * Corrects the p values of one family: Holm's step-down procedure (1979) keeps the chance of any false finding, Benjamini and
 * Hochberg's step-up one (1995) the expected share of false findings. Weights (positive, of mean 1) give comparisons a larger or
 * smaller part of the error rate (Holm 1979, section 4; Genovese, Roeder and Wasserman 2006). An interval with confidence
 * 1 - level leaves out zero exactly where its comparison is found; with BH those of what is found are Benjamini and Yekutieli's
 * (2005, J. Am. Stat. Assoc. 100).
 */
export function decideFamily(pValues: ArrayLike<number>, correction: Correction, weights?: ArrayLike<number>): FamilyDecision {
  const count = pValues.length;
  if (correction === "none") return { adjusted: Float64Array.from(pValues), levels: new Float64Array(count).fill(ALPHA) };
  const ratios = Float64Array.from(pValues, (p, i) => p / (weights?.[i] ?? 1));
  const order = Uint32Array.from(ratios, (_, i) => i).sort((a, b) => (ratios[a] as number) - (ratios[b] as number));
  const { adjusted, cutoff } = correction === "holm" ? stepDown(ratios, order, weights) : stepUp(ratios, order);
  for (let i = 0; i < count; i++) adjusted[i] = Math.min(1, Math.max(pValues[i] ?? 1, adjusted[i] ?? 1));
  const levels = Float64Array.from(pValues, (_, i) => Math.min(ALPHA, cutoff * (weights?.[i] ?? 1)));
  return { adjusted, levels };
}

/** The p values after the correction, in the order given. */
export function correct(pValues: readonly number[], correction: Correction): number[] {
  return [...decideFamily(pValues, correction).adjusted];
}

interface Stepped {
  adjusted: Float64Array;
  /** The level at which the next ratio would have had to be found. */
  cutoff: number;
}

function stepDown(ratios: Float64Array, order: Uint32Array, weights?: ArrayLike<number>): Stepped {
  const adjusted = new Float64Array(ratios.length);
  // what is left is added up from the far end: taken away step by step, rounding would make it zero too early
  const left = new Float64Array(ratios.length + 1);
  for (let rank = ratios.length - 1; rank >= 0; rank--) left[rank] = (left[rank + 1] as number) + (weights?.[order[rank] as number] ?? 1);
  let running = 0;
  let cutoff: number | undefined;
  order.forEach((index, rank) => {
    running = Math.max(running, (left[rank] as number) * (ratios[index] as number));
    adjusted[index] = running;
    if (running > ALPHA) cutoff ??= ALPHA / (left[rank] as number);
  });
  return { adjusted, cutoff: cutoff ?? Infinity };
}

function stepUp(ratios: Float64Array, order: Uint32Array): Stepped {
  const count = ratios.length;
  const adjusted = new Float64Array(count);
  let running = Infinity;
  let found = 0;
  for (let rank = count; rank >= 1; rank--) {
    const index = order[rank - 1] as number;
    running = Math.min(running, ((ratios[index] as number) * count) / rank);
    adjusted[index] = running;
    if (running <= ALPHA) found = Math.max(found, rank);
  }
  return { adjusted, cutoff: (Math.max(1, found) * ALPHA) / count };
}
