/** How p values of a family of comparisons are corrected: for any false finding, for the share of false findings, or not. */
export const CORRECTIONS = ["holm", "bh", "none"] as const;
export type Correction = (typeof CORRECTIONS)[number];

/** The p values after the correction, in the order given. */
export function correct(pValues: readonly number[], correction: Correction): number[] {
  if (correction === "none") return [...pValues];
  return correction === "holm" ? holm(pValues) : benjaminiHochberg(pValues);
}

/** Holm's step-down adjustment (Holm 1979): p values that keep the family-wise error rate, in the order given. */
export function holm(pValues: readonly number[]): number[] {
  const order = ascending(pValues);
  const adjusted = new Array<number>(pValues.length);
  let running = 0;
  order.forEach((index, rank) => {
    running = Math.max(running, Math.min(1, (pValues.length - rank) * (pValues[index] ?? 1)));
    adjusted[index] = running;
  });
  return adjusted;
}

/** Benjamini and Hochberg's step-up adjustment (1995): p values that keep the false discovery rate, in the order given. */
export function benjaminiHochberg(pValues: readonly number[]): number[] {
  const order = ascending(pValues).reverse();
  const adjusted = new Array<number>(pValues.length);
  let running = 1;
  order.forEach((index, fromLast) => {
    const rank = pValues.length - fromLast;
    running = Math.min(running, ((pValues[index] ?? 1) * pValues.length) / rank);
    adjusted[index] = running;
  });
  return adjusted;
}

function ascending(pValues: readonly number[]): number[] {
  return pValues.map((_, i) => i).sort((a, b) => (pValues[a] ?? 0) - (pValues[b] ?? 0));
}
