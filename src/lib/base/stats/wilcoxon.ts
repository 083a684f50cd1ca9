import { normalCdf } from "../math/normal.js";

const EXACT_UP_TO = 50;

/**
 * One-sided p value of Wilcoxon's signed-rank test (1945) that differences lie above zero. Zeros are left
 * out, ties share their mean rank. Exact over all sign patterns up to 50 differences, beyond that the normal
 * approximation with the correction for continuity. Without differences it is 1.
 */
export function wilcoxonAbove(differences: readonly number[]): number {
  const nonZero = differences.filter((d) => d !== 0);
  if (nonZero.length === 0) return 1;
  const doubled = doubledRanks(nonZero.map(Math.abs));
  const observed = nonZero.reduce((sum, d, i) => sum + (d > 0 ? (doubled[i] ?? 0) : 0), 0);
  return nonZero.length <= EXACT_UP_TO ? exactTail(doubled, observed) : normalTail(doubled, observed);
}

/** Twice the rank of every value, so that the mean ranks of ties stay whole numbers. */
function doubledRanks(values: readonly number[]): number[] {
  const order = values.map((_, i) => i).sort((a, b) => (values[a] ?? 0) - (values[b] ?? 0));
  const ranks = new Array<number>(values.length);
  for (let start = 0; start < order.length;) {
    let end = start + 1;
    while (end < order.length && values[order[end] ?? 0] === values[order[start] ?? 0]) end++;
    for (let i = start; i < end; i++) ranks[order[i] ?? 0] = start + end + 1;
    start = end;
  }
  return ranks;
}

/** P(sum >= observed) when every rank is in the sum with probability one half: counted rank by rank. */
function exactTail(doubled: readonly number[], observed: number): number {
  const total = doubled.reduce((sum, rank) => sum + rank, 0);
  const share = new Float64Array(total + 1);
  share[0] = 1;
  for (const rank of doubled) {
    for (let sum = total; sum >= 0; sum--) share[sum] = ((share[sum] ?? 0) + (sum >= rank ? (share[sum - rank] ?? 0) : 0)) / 2;
  }
  return Math.min(
    1,
    share.subarray(observed).reduce((sum, p) => sum + p, 0),
  );
}

function normalTail(doubled: readonly number[], observed: number): number {
  const mean = doubled.reduce((sum, rank) => sum + rank, 0) / 2;
  const deviation = Math.sqrt(doubled.reduce((sum, rank) => sum + rank * rank, 0)) / 2;
  return 1 - normalCdf((observed - mean - 1) / deviation);
}
