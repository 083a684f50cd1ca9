import { mean } from "simple-statistics";
import { judgeDifference, type FamilyOptions, type JudgedDifference } from "./compare-family.js";
import { atOnce, inSlices, type Steps } from "../slices/slices.js";
import { ALPHA, decideFamily, type FamilyDecision } from "./multiplicity.js";
import { testPaired, withInterval } from "./paired.js";
import { tellsApart, type VerdictOptions } from "./verdict.js";

/** Of the error rate, what the pairs with a reference that was named beforehand have to themselves. */
export const REFERENCE_SHARE = 0.5;

/** By item, then sample, then repeat. */
type Values = readonly (readonly (readonly number[])[])[];

export interface AllPairsOptions extends FamilyOptions, VerdictOptions {
  /** An item that was named before there was data, to compare the others with: its pairs get REFERENCE_SHARE of the error rate. */
  reference?: number | undefined;
}

/**
 * Every pair of items (settings, models, answers) compared over the samples both have, as one family with one correction. All that
 * is said of them - letters, who is tied with whom, verdicts, intervals, how many more samples - is read from it, so that nothing
 * contradicts anything else. It covers that the best one, or whom the others stand beside, was picked by the data; for a
 * reference that was named beforehand half of the error rate is kept for its pairs (Holm 1979 with weights), which is more
 * for them than equal parts as soon as there are four items.
 */
export class AllPairs {
  private readonly means: readonly Float64Array[];
  private readonly options: AllPairsOptions;
  private readonly family: FamilyDecision;

  /** `values` by item, then sample, then repeat; `tested` are their p values, where they are known. */
  constructor(values: Values, options: AllPairsOptions, tested?: Float64Array) {
    this.means = toMeans(values);
    this.options = options;
    this.family = this.decide(tested ?? atOnce(testAll(this.means)));
  }

  /** The same, with pauses in which the process hears of everything else: a thousand items are half a million pairs. */
  static async inSlices(values: Values, options: AllPairsOptions): Promise<AllPairs> {
    return new AllPairs(values, options, await inSlices(testAll(toMeans(values))));
  }

  get pairs(): number {
    return this.family.adjusted.length;
  }

  /** The second of two items beside the first. */
  compare(first: number, second: number): JudgedDifference {
    const differences = this.differencesOf(first, second);
    const index = this.indexOf(first, second);
    const decision = { adjusted: this.family.adjusted[index] ?? 1, level: this.family.levels[index] ?? 0, scale: this.options.scale ?? {} };
    return judgeDifference(withInterval(differences, testPaired(differences), decision), this.options);
  }

  /** Whether two items are told apart: a difference is found, and it is not one that does not matter. */
  differs(first: number, second: number): boolean {
    if (first === second || !((this.family.adjusted[this.indexOf(first, second)] ?? 1) <= ALPHA)) return false;
    const { minEffect = 0 } = this.options;
    return minEffect === 0 || tellsApart(this.compare(first, second).verdict);
  }

  /** Whether the first of two items is found to be better than the second. */
  beats(first: number, second: number): boolean {
    return this.differs(second, first) && this.compare(second, first).verdict === "better";
  }

  private decide(pValues: Float64Array): FamilyDecision {
    return decideFamily(pValues, this.options.correction, this.weights(pValues.length));
  }

  /** Of mean 1; undefined where all pairs count the same. */
  private weights(pairs: number): Float64Array | undefined {
    const { reference } = this.options;
    const own = this.means.length - 1;
    if (reference === undefined || pairs <= own) return undefined;
    const weights = new Float64Array(pairs).fill(((1 - REFERENCE_SHARE) * pairs) / (pairs - own));
    for (let item = 0; item <= own; item++)
      if (item !== reference) weights[this.indexOf(reference, item)] = (REFERENCE_SHARE * pairs) / own;
    return weights;
  }

  private indexOf(first: number, second: number): number {
    const [low, high] = first < second ? [first, second] : [second, first];
    return indexOf(low, high, this.means.length);
  }

  private differencesOf(first: number, second: number): Float64Array {
    return differencesOf(this.means[first] ?? new Float64Array(), this.means[second] ?? new Float64Array());
  }
}

function toMeans(values: Values): Float64Array[] {
  return values.map((own) => Float64Array.from(own, (repeats) => (repeats.length === 0 ? Number.NaN : mean([...repeats]))));
}

/** The p values of all pairs; yields after each item. */
function* testAll(means: readonly Float64Array[]): Steps<Float64Array> {
  const count = means.length;
  const pValues = new Float64Array((count * (count - 1)) / 2);
  for (const [a, first] of means.entries()) {
    for (let b = a + 1; b < count; b++) pValues[indexOf(a, b, count)] = testPaired(differencesOf(first, means[b] as Float64Array)).pValue;
    yield;
  }
  return pValues;
}

/** The place of a pair, low before high. */
function indexOf(low: number, high: number, count: number): number {
  return low * count - (low * (low + 1)) / 2 + high - low - 1;
}

function differencesOf(from: Float64Array, to: Float64Array): Float64Array {
  const size = Math.min(from.length, to.length);
  const differences = new Float64Array(size);
  let n = 0;
  for (let sample = 0; sample < size; sample++) {
    const difference = (to[sample] as number) - (from[sample] as number);
    // a sample that one of them lacks
    if (!Number.isNaN(difference)) differences[n++] = difference;
  }
  return n === size ? differences : differences.subarray(0, n);
}
