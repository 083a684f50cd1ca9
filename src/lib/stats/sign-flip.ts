import { createRandom } from "../math/random.js";

const EXACT_UP_TO = 16;
const DRAWS = 20_000;

/**
 * The two-sided p value that paired differences are centred on zero, by flipping their signs:
 * exact (all 2^m sign patterns) up to 16 non-zero differences, otherwise from 20,000 seeded random
 * patterns with the observed one counted in (Phipson and Smyth 2010). No differences at all give 1.
 * For differences in {-1, 0, 1} this is McNemar's exact test.
 */
export function signFlipTest(differences: readonly number[], seed = 1): number {
  const nonZero = differences.filter((d) => d !== 0);
  if (nonZero.length === 0) return 1;
  const observed = Math.abs(sum(nonZero)) - 1e-12 * sum(nonZero.map(Math.abs));
  return nonZero.length <= EXACT_UP_TO ? exact(nonZero, observed) : sampled(nonZero, observed, seed);
}

function exact(differences: number[], observed: number): number {
  const patterns = 2 ** differences.length;
  let extreme = 0;
  for (let pattern = 0; pattern < patterns; pattern++) {
    const total = differences.reduce((acc, d, i) => acc + ((pattern >> i) & 1 ? d : -d), 0);
    if (Math.abs(total) >= observed) extreme++;
  }
  return extreme / patterns;
}

function sampled(differences: number[], observed: number, seed: number): number {
  const random = createRandom(seed);
  let extreme = 1;
  for (let draw = 0; draw < DRAWS; draw++) {
    let total = 0;
    for (const d of differences) total += random() < 0.5 ? d : -d;
    if (Math.abs(total) >= observed) extreme++;
  }
  return extreme / (DRAWS + 1);
}

function sum(values: readonly number[]): number {
  return values.reduce((acc, value) => acc + value, 0);
}
