import { createRandom } from "../math/random.js";
import { incompleteBeta } from "../math/student-t.js";

const EXACT_UP_TO = 16;
const DRAWS = 20_000;

/**
 * The two-sided p value that paired differences are centred on zero, by flipping their signs:
 * exact (all 2^m sign patterns) up to 16 non-zero differences, otherwise from 20,000 seeded random
 * patterns with the observed one counted in (Phipson and Smyth 2010). No differences at all give 1.
 * Where all non-zero differences have the same size, as those of rights and wrongs, it is McNemar's
 * exact test, a binomial one of any length.
 */
export function signFlipTest(differences: readonly number[], seed = 1): number {
  const nonZero = differences.filter((d) => d !== 0);
  if (nonZero.length === 0) return 1;
  const size = Math.abs(nonZero[0] ?? 0);
  if (nonZero.every((d) => Math.abs(d) === size)) return binomialTest(nonZero.filter((d) => d > 0).length, nonZero.length);
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

/** Two-sided p value of `hits` of `n` where both outcomes are equally likely. */
function binomialTest(hits: number, n: number): number {
  const most = Math.max(hits, n - hits);
  return 2 * most === n ? 1 : Math.min(1, 2 * incompleteBeta(0.5, most, n - most + 1));
}
