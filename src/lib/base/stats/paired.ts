import { mean } from "simple-statistics";
import { studentTCdf, studentTQuantile } from "../math/student-t.js";
import { within, type Bounds } from "./estimate.js";
import { ALPHA } from "./multiplicity.js";
import { unitOf } from "./score-value.js";
import { signFlipTest } from "./sign-flip.js";

/** What is known beforehand of the differences of two scores. */
export interface DifferenceScale {
  /** The largest there can be: 1 of rates, 4 of grades from 1 to 5. Without it there is no end. */
  largest?: number | undefined;
  /** Differences of rights and wrongs. */
  binary?: boolean | undefined;
}

/** A paired test by itself, before any correction. */
export interface PairedTest {
  /** Samples both have. */
  n: number;
  /** Mean of second minus first; NaN without samples. */
  difference: number;
  deviation: number;
  /** Two-sided. */
  pValue: number;
  test: "paired t" | "sign flip";
}

/** Two settings or runs beside each other, sample by sample. */
export interface PairedDifference extends Omit<PairedTest, "deviation"> {
  /** The interval of the difference that goes with the decision: it leaves out zero exactly where a difference is found. Null where no result of so few samples could be found, so that nothing bounds it. */
  low: number | null;
  high: number | null;
  /** Of the interval: 0.95 of a comparison by itself, more where it is corrected for others. */
  confidence: number;
  /** Two-sided; corrected where it is one of several comparisons. */
  pValue: number;
  /** Of this comparison by itself. */
  uncorrected: number;
  /** Difference over the standard deviation of differences (Cohen's d_z); 0 where nothing differs. */
  effectSize: number;
}

const FEW = 30;
/** A mean so far below the differences is what adding them left over. */
const ROUNDING = 1e-12;
/** Halvings in which the end of an interval is found. */
const HALVINGS = 40;

/**
 * Tests whether paired differences are centerd on zero: Student's paired t where at least 30 samples differ
 * and that is enough for their skewness (25 times its square, Cochran 1977, Sampling Techniques 2.15);
 * otherwise by flipping signs, which needs neither (McNemar's exact test for rights and wrongs).
 */
export function testPaired(differences: ArrayLike<number>): PairedTest {
  const n = differences.length;
  if (n === 0) return { n, difference: Number.NaN, deviation: 0, pValue: 1, test: "sign flip" };
  const unit = unitOf(differences);
  const values = unit === 1 && differences instanceof Float64Array ? differences : Float64Array.from(differences, (value) => value / unit);
  const { center, deviation, skewness, differing, largest } = momentsOf(values);
  const difference = Math.abs(center) <= ROUNDING * largest ? 0 : center;
  const byT = deviation > 0 && differing >= FEW && differing >= 25 * skewness ** 2;
  const pValue = byT ? 2 * studentTCdf((-Math.abs(difference) * Math.sqrt(n)) / deviation, n - 1) : signFlipTest(values);
  return { n, difference: difference * unit, deviation: deviation * unit, pValue, test: byT ? "paired t" : "sign flip" };
}

/** A comparison by itself: its test at 5 % and the 95 % interval that goes with it. */
export function comparePaired(differences: ArrayLike<number>, scale: DifferenceScale = {}): PairedDifference {
  const tested = testPaired(differences);
  return withInterval(differences, tested, { adjusted: tested.pValue, level: ALPHA, scale });
}

/** A test with its corrected p value and the interval of the level it was decided at. */
export function withInterval(
  differences: ArrayLike<number>,
  { n, difference, deviation, pValue, test }: PairedTest,
  { adjusted, level, scale }: { adjusted: number; level: number; scale: DifferenceScale },
): PairedDifference {
  const isFound = adjusted <= ALPHA;
  const interval = intervalOf(differences, { n, difference, deviation, pValue, test }, { level, scale });
  return {
    ...{ n, difference, test },
    ...(interval === null ? { low: null, high: null } : agreeing(interval, { differences, difference, level, isFound })),
    ...{ confidence: 1 - level, pValue: adjusted, uncorrected: pValue },
    effectSize: deviation === 0 ? 0 : difference / deviation,
  };
}

/** Mean second minus mean first of every sample that both have values of. */
export function pairMeans(first: readonly (readonly number[])[], second: readonly (readonly number[])[]): number[] {
  return first.flatMap((values, sample) => {
    const others = second[sample] ?? [];
    return values.length === 0 || others.length === 0 ? [] : [mean([...others]) - mean([...values])];
  });
}

interface Interval {
  low: number;
  high: number;
}

/**
 * The interval that belongs to a test: Student's for the t test; for flipped signs the shifts that the test does not reject
 * (Lehmann 1975, section 4.2), and Agresti and Min's (2005, Stat. Med. 24) for rights and wrongs and for differences that are all
 * the same on a scale with ends. Null where flipping the signs of so few samples rejects nothing at all, however far it lies.
 */
function intervalOf(
  differences: ArrayLike<number>,
  tested: PairedTest,
  { level, scale }: { level: number; scale: DifferenceScale },
): Interval | null {
  const { n, difference, deviation, test } = tested;
  const { largest = Infinity, binary = false } = scale;
  if (n < 2) return null;
  const bounds: Bounds = [-largest, largest];
  if (test === "paired t") return within(bounds, spanOf(difference, quantile(level, n) * (deviation / Math.sqrt(n))));
  if (2 ** (1 - n) > level) return null;
  if (Number.isFinite(largest) && (binary || deviation === 0)) return within(bounds, agrestiMin(differences, largest, level));
  if (deviation === 0) return { low: difference, high: difference };
  return within(bounds, notRejectedShifts(differences, tested, level));
}

/** The mean of differences with half an observation more at either end of the scale and one at zero, on Student's quantile. */
function agrestiMin(differences: ArrayLike<number>, largest: number, level: number): Interval {
  const size = differences.length + 2;
  let [sum, squares] = [0, largest * largest];
  for (let i = 0; i < differences.length; i++) {
    sum += differences[i] ?? 0;
    squares += (differences[i] ?? 0) ** 2;
  }
  const center = sum / size;
  return spanOf(center, quantile(level, size) * Math.sqrt(Math.max(0, squares / size - center * center) / size));
}

/** The outermost shifts, on either side of the mean, less which the sign-flip test of the differences does not reject. */
function notRejectedShifts(given: ArrayLike<number>, tested: PairedTest, level: number): Interval {
  const unit = unitOf(given);
  const differences = Float64Array.from(given, (value) => value / unit);
  const [n, difference, deviation] = [tested.n, tested.difference / unit, tested.deviation / unit];
  const step = (quantile(level, n) * deviation) / Math.sqrt(n);
  const end = (side: 1 | -1) => {
    let [inside, outside] = [0, step];
    while (!rejectsShift(differences, difference + side * outside, level)) [inside, outside] = [outside, 2 * outside];
    return outermost(differences, { difference, level, inside: side * inside, outside: side * outside });
  };
  return { low: unit * end(-1), high: unit * end(1) };
}

interface Bracket {
  difference: number;
  level: number;
  /** From the difference: not rejected, and rejected. */
  inside: number;
  outside: number;
}

/** The last shift between the two that is not rejected. What it stops at was tested itself: it is never the rejected end. */
function outermost(differences: ArrayLike<number>, { difference, level, inside, outside }: Bracket): number {
  let [kept, left] = [inside, outside];
  for (let halving = 0; halving < HALVINGS && Math.abs(left - kept) > 1e-9 * Math.abs(outside); halving++) {
    const middle = (kept + left) / 2;
    if (rejectsShift(differences, difference + middle, level)) left = middle;
    else kept = middle;
  }
  return difference + kept;
}

function rejectsShift(differences: ArrayLike<number>, shift: number, level: number): boolean {
  return signFlipTest(Float64Array.from(differences, (value) => value - shift)) <= level;
}

interface Decision {
  differences: ArrayLike<number>;
  difference: number;
  level: number;
  isFound: boolean;
}

/**
 * An interval that agrees with the decision where another approximation (of rights and wrongs, on the scale, of the t test) would let
 * them part at zero, and holds the mean. Where a difference is found zero is rejected: an end that reaches it is moved to the last
 * shift before it that the sign-flip test does not reject.
 */
function agreeing({ low, high }: Interval, { differences, difference, level, isFound }: Decision): Interval {
  const [from, to] = [Math.min(low, difference), Math.max(high, difference)];
  if (!isFound) return { low: Math.min(from, 0), high: Math.max(to, 0) };
  const last = () => outermost(differences, { difference, level, inside: 0, outside: -difference });
  return difference > 0 ? { low: from > 0 ? from : last(), high: to } : { low: from, high: to < 0 ? to : last() };
}

function spanOf(center: number, halfWidth: number): Interval {
  return { low: center - halfWidth, high: center + halfWidth };
}

const quantiles = new Map<string, number>();
const MOST_QUANTILES = 10_000;

/** Student's quantile of a two-sided level; kept, because pairs of a study ask for the same ones. */
function quantile(level: number, n: number): number {
  const key = `${level} ${n}`;
  const known = quantiles.get(key);
  if (known !== undefined) return known;
  if (quantiles.size >= MOST_QUANTILES) quantiles.clear();
  const value = -studentTQuantile(level / 2, n - 1);
  quantiles.set(key, value);
  return value;
}

interface Moments {
  center: number;
  /** With n - 1; 0 for one value. */
  deviation: number;
  /** Fisher and Pearson's, adjusted for the number of samples. */
  skewness: number;
  differing: number;
  largest: number;
}

/** Half a million pairs of a study come through here: loops over indices, and products instead of powers, are several times as fast. */
function momentsOf(values: Float64Array): Moments {
  const n = values.length;
  const { sum, differing, largest, isSame } = sumsOf(values);
  const center = sum / n;
  let [squares, cubes] = [0, 0];
  for (let i = 0; i < n; i++) {
    const off = (values[i] as number) - center;
    squares += off * off;
    cubes += off * off * off;
  }
  const none = { deviation: 0, skewness: 0, differing, largest };
  if (n < 2 || isSame || squares === 0) return { center: isSame ? (values[0] ?? 0) : center, ...none };
  const deviation = Math.sqrt(squares / (n - 1));
  const skewness = n < 3 ? 0 : (n * cubes) / ((n - 1) * (n - 2) * deviation ** 3);
  return { center, deviation, skewness, differing, largest };
}

function sumsOf(values: Float64Array): { sum: number; differing: number; largest: number; isSame: boolean } {
  const first = values[0];
  let [sum, differing, largest, isSame] = [0, 0, 0, true];
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    const size = value < 0 ? -value : value;
    sum += value;
    if (value !== 0) differing++;
    if (size > largest) largest = size;
    if (value !== first) isSame = false;
  }
  return { sum, differing, largest, isSame };
}
