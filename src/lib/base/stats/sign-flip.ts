import { millsRatio, normalDensity } from "../math/normal.js";
import { inUnits } from "./score-value.js";
import { incompleteBeta } from "../math/student-t.js";

/** Differences whose sign patterns are all counted, whatever their sizes. */
const COUNTED_UP_TO = 16;
/** Steps of the exact distribution of sizes that are multiples of a unit: differences times units. */
const MOST_STEPS = 200_000;
const ROUNDING = 1e-12;
/** Two sizes closer than this share of the largest are the same. */
const SAME = 1e-9;

/**
 * The two-sided p value that paired differences are centerd on zero, by flipping their signs. Exact where there are at most 16
 * non-zero differences, or where they are multiples of a unit (as of rights and wrongs, once or with repeats: McNemar's exact test
 * for the former); otherwise by the saddlepoint approximation of the same distribution (Robinson 1982, J. R. Stat. Soc. B 44;
 * Lugannani and Rice 1980), which keeps its relative precision in the far tail, where corrections for many pairs look. No
 * differences at all give 1.
 */
export function signFlipTest(given: readonly number[] | Float64Array): number {
  const differences = inUnits(given);
  const same = countSame(differences);
  if (same) return binomialTest(same.above, same.above + same.below);
  const sizes: number[] = [];
  let total = 0;
  let most = 0;
  for (const difference of differences) {
    if (difference === 0) continue;
    sizes.push(Math.abs(difference));
    total += difference;
    most += Math.abs(difference);
  }
  const observed = Math.abs(total);
  if (sizes.length === 0 || observed <= ROUNDING * most) return 1;
  const unit = commonUnit(sizes);
  const steps = unit === undefined ? Infinity : Math.round(most / unit);
  if (unit !== undefined && steps === sizes.length) return binomialTest(Math.round((observed / unit + steps) / 2), steps);
  if (unit !== undefined && sizes.length * steps <= MOST_STEPS) return latticeTest(sizes, unit, observed);
  if (sizes.length <= COUNTED_UP_TO) return countedTest(sizes, observed - ROUNDING * most);
  return saddlepointTest(sizes, observed, most);
}

/** How many differences lie above and below zero, where all of them have one size, as of rights and wrongs; undefined elsewhere. */
function countSame(differences: readonly number[] | Float64Array): { above: number; below: number } | undefined {
  let [above, below, size] = [0, 0, 0];
  for (let i = 0; i < differences.length; i++) {
    const difference = differences[i] as number;
    if (difference === 0) continue;
    const own = difference < 0 ? -difference : difference;
    if (size === 0) size = own;
    else if (own !== size) return undefined;
    if (difference > 0) above++;
    else below++;
  }
  return { above, below };
}

/** What all sizes are multiples of, by Euclid's algorithm; undefined where that would be less than a thousandth of the largest. */
function commonUnit(sizes: readonly number[]): number | undefined {
  const largest = sizes.reduce((a, b) => Math.max(a, b), 0);
  let unit = largest;
  for (const size of sizes) {
    let [a, b] = [unit, size];
    while (b > SAME * largest) [a, b] = [b, nearestRemainder(a, b, largest)];
    unit = a;
    if (unit < largest / 1000) return undefined;
  }
  return unit;
}

function nearestRemainder(a: number, b: number, largest: number): number {
  const rest = a - Math.floor(a / b) * b;
  return b - rest <= SAME * largest ? 0 : rest;
}

/** P(|S| >= observed), S the sum of multiples of a unit with random signs: added up size by size. */
function latticeTest(sizes: readonly number[], unit: number, observed: number): number {
  const counts = sizes.map((size) => Math.round(size / unit));
  const total = counts.reduce((sum, count) => sum + count, 0);
  const share = new Float64Array(total + 1);
  share[0] = 1;
  let reached = 0;
  for (const count of counts) {
    reached += count;
    for (let sum = reached; sum >= 0; sum--)
      share[sum] = ((share[sum] as number) + (sum >= count ? (share[sum - count] as number) : 0)) / 2;
  }
  let tail = 0;
  for (let sum = Math.ceil((total + Math.round(observed / unit)) / 2); sum <= total; sum++) tail += share[sum] as number;
  return Math.min(1, 2 * tail);
}

/** All sign patterns, as sums of two halves: how many pairs of sums reach what was observed. */
function countedTest(sizes: readonly number[], observed: number): number {
  const half = sizes.length >> 1;
  const [first, second] = [signedSums(sizes.slice(0, half)), signedSums(sizes.slice(half))];
  let extreme = 0;
  let from = second.length;
  for (const sum of first) {
    while (from > 0 && sum + (second[from - 1] as number) >= observed) from--;
    extreme += second.length - from;
  }
  return Math.min(1, (2 * extreme) / (first.length * second.length));
}

/** Ascending. */
function signedSums(sizes: readonly number[]): Float64Array {
  let sums = Float64Array.of(0);
  for (const size of sizes) {
    const next = new Float64Array(2 * sums.length);
    sums.forEach((sum, i) => next.set([sum - size, sum + size], 2 * i));
    sums = next;
  }
  return sums.sort();
}

/** 2 P(S >= observed) from the cumulant generating function of S, the sum of log cosh(t size). */
function saddlepointTest(sizes: readonly number[], observed: number, most: number): number {
  const least = 2 ** (1 - sizes.length);
  if (observed >= most * (1 - SAME)) return least;
  const t = solveSaddlepoint(sizes, observed);
  let cumulant = 0;
  let curvature = 0;
  for (const size of sizes) {
    const [x, slope] = [t * size, Math.tanh(t * size)];
    cumulant += x + Math.log1p(Math.exp(-2 * x)) - Math.LN2;
    curvature += size * size * (1 - slope * slope);
  }
  const r = Math.sqrt(Math.max(0, 2 * (t * observed - cumulant)));
  const u = t * Math.sqrt(curvature);
  if (r < 1e-3 || u === 0) return 1;
  const tail = normalDensity(r) * (millsRatio(r) + 1 / u - 1 / r);
  return Math.min(1, Math.max(least, 2 * tail));
}

/** The t > 0 at which the mean of the tilted sum is what was observed: Newton's steps, kept within a bracket. */
function solveSaddlepoint(sizes: readonly number[], observed: number): number {
  const squares = sizes.reduce((sum, size) => sum + size * size, 0);
  let [low, high, t] = [0, Infinity, observed / squares];
  for (let step = 0; step < 100; step++) {
    let [mean, curvature] = [0, 0];
    for (const size of sizes) {
      const slope = Math.tanh(t * size);
      mean += size * slope;
      curvature += size * size * (1 - slope * slope);
    }
    if (Math.abs(mean - observed) <= ROUNDING * observed) break;
    if (mean < observed) low = t;
    else high = t;
    const newton = t + (observed - mean) / curvature;
    t = newton > low && newton < high ? newton : high === Infinity ? 2 * t : (low + high) / 2;
  }
  return t;
}

const binomials = new Map<number, number>();
const MOST_BINOMIALS = 10_000;

/** Two-sided p value of `hits` of `n` where both outcomes are equally likely. */
function binomialTest(hits: number, n: number): number {
  const most = Math.max(hits, n - hits);
  if (2 * most === n) return 1;
  // pairs of a study ask for the same ones
  const key = n * 2 ** 26 + most;
  const known = binomials.get(key);
  if (known !== undefined) return known;
  if (binomials.size >= MOST_BINOMIALS) binomials.clear();
  const value = Math.min(1, 2 * incompleteBeta(0.5, most, n - most + 1));
  binomials.set(key, value);
  return value;
}
