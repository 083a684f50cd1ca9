import { createRandom } from "../math/random.js";

const DRAWS = 2000;

/** Two sets of values of one sample: its repeats before and now. */
export interface SamplePair {
  before: readonly number[];
  now: readonly number[];
}

/** How far two distributions are apart, and how likely that is by chance. */
export interface DistributionShift {
  /** The largest distance between the distribution functions (Kolmogorov and Smirnov), 0..1; every sample counts the same. */
  distance: number;
  pValue: number;
}

/**
 * Tests whether values have the same distribution before and now: the Kolmogorov-Smirnov distance against its distribution under
 * exchange of the labels within each sample, so that samples may differ among themselves and repeats be alike. Seeded random
 * exchanges, the observed one counted in (Phipson and Smyth 2010). Samples that lack one side are left out; without any p is 1.
 */
export function distributionShift(pairs: readonly SamplePair[], seed = 1): DistributionShift {
  const whole = pairs.filter(({ before, now }) => before.length > 0 && now.length > 0);
  if (whole.length === 0) return { distance: 0, pValue: 1 };
  const pooled = whole.flatMap(({ before, now }, sample) => [
    ...before.map((value) => ({ value, sample, weight: -1 / before.length })),
    ...now.map((value) => ({ value, sample, weight: 1 / now.length })),
  ]);
  const places = whole.map((_, sample) => pooled.flatMap((one, i) => (one.sample === sample ? [i] : [])));
  const order = pooled.map((_, i) => i).sort((a, b) => (pooled[a]?.value ?? 0) - (pooled[b]?.value ?? 0));
  const values = Float64Array.from(order, (i) => pooled[i]?.value ?? 0);
  const weights = Float64Array.from(pooled, ({ weight }) => weight);
  const distanceOf = () => largestGap(order, values, weights) / whole.length;
  const observed = distanceOf();
  if (observed === 0) return { distance: 0, pValue: 1 };
  const random = createRandom(seed);
  let extreme = 1;
  for (let draw = 0; draw < DRAWS; draw++) {
    for (const own of places) shuffle(weights, own, random);
    if (distanceOf() >= observed - 1e-12) extreme++;
  }
  return { distance: observed, pValue: extreme / (DRAWS + 1) };
}

function largestGap(order: readonly number[], values: Float64Array, weights: Float64Array): number {
  let sum = 0;
  let largest = 0;
  for (let i = 0; i < order.length; i++) {
    sum += weights[order[i] ?? 0] ?? 0;
    // equal values step together
    if (values[i] !== values[i + 1]) largest = Math.max(largest, Math.abs(sum));
  }
  return largest;
}

/** Mixes the weights at some places (Fisher and Yates). */
function shuffle(weights: Float64Array, places: readonly number[], random: () => number): void {
  for (let i = places.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    const [a, b] = [places[i] ?? 0, places[j] ?? 0];
    [weights[a], weights[b]] = [weights[b] ?? 0, weights[a] ?? 0];
  }
}
