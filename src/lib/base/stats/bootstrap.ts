import { mean } from "simple-statistics";
import { normalCdf, normalQuantile } from "../math/normal.js";
import { createRandom } from "../math/random.js";

const RESAMPLES = 2000;
/** The jackknife of larger samples takes so many leave-one-out values, evenly spread. */
const MOST_JACKKNIFE = 500;

export interface Interval {
  low: number;
  high: number;
}

/**
 * The bias-corrected and accelerated bootstrap interval (BCa; Efron 1987, J. Am. Stat. Assoc. 82), of 95 % or 1 - `level`, of a statistic of `n`
 * independent units, which is given as a function of the units' indices. The seed is fixed, so that the same data give the same
 * interval. Null below three units, or where the statistic is hardly ever defined.
 */
export function bootstrapInterval(
  n: number,
  statistic: (units: readonly number[]) => number,
  { seed = 1, level = 0.05 }: { seed?: number; level?: number } = {},
): Interval | null {
  if (n < 3) return null;
  const random = createRandom(seed);
  const everything = Array.from({ length: n }, (_, i) => i);
  const seen = statistic(everything);
  const resample = () => statistic(everything.map(() => Math.floor(random() * n)));
  const values = Array.from({ length: RESAMPLES }, resample).filter(Number.isFinite);
  if (!Number.isFinite(seen) || values.length < RESAMPLES / 2) return null;
  values.sort((a, b) => a - b);
  const below = values.filter((value) => value < seen).length + values.filter((value) => value === seen).length / 2;
  if (below === 0 || below === values.length) return { low: values[0] ?? seen, high: values.at(-1) ?? seen };
  const bias = normalQuantile(below / values.length);
  const acceleration = accelerationOf(everything, statistic);
  const at = (tail: number) => {
    const z = bias + normalQuantile(tail);
    const share = normalCdf(bias + z / (1 - acceleration * z));
    return values[Math.min(values.length - 1, Math.max(0, Math.round(share * values.length - 0.5)))] ?? seen;
  };
  return { low: at(level / 2), high: at(1 - level / 2) };
}

/** How fast the statistic's standard error changes with it, by leaving units out one at a time. */
function accelerationOf(units: readonly number[], statistic: (units: readonly number[]) => number): number {
  const step = Math.max(1, units.length / MOST_JACKKNIFE);
  const left = Array.from({ length: Math.min(units.length, MOST_JACKKNIFE) }, (_, i) => Math.floor(i * step));
  const values = left.map((out) => statistic(units.filter((unit) => unit !== out))).filter(Number.isFinite);
  const center = values.length > 0 ? mean(values) : 0;
  const squares = values.reduce((sum, value) => sum + (center - value) ** 2, 0);
  const cubes = values.reduce((sum, value) => sum + (center - value) ** 3, 0);
  return squares === 0 ? 0 : cubes / (6 * squares ** 1.5);
}
