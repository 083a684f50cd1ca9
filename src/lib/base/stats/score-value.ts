/** Cubes of larger scores, which skewness needs, and sums of their squares leave what a number can hold. */
export const LARGEST_SCORE = 1e100;

/** Smaller values are calculated with in units of their own: their squares would be zero, and intervals would have no width. */
const SMALLEST_SIZE = 2 ** -300;

/** Whether a number can be a score: averages, intervals, and tests of such numbers are finite. */
export function isScore(value: number): boolean {
  return Math.abs(value) <= LARGEST_SCORE;
}

/** Values in units of a power of two, where they are very small: no more than a factor is changed. */
export function inUnits(values: readonly number[] | Float64Array): readonly number[] | Float64Array {
  const unit = unitOf(values);
  return unit === 1 ? values : Float64Array.from(values, (value) => value / unit);
}

/** A power of two, in units of which values are calculated with without any rounding; 1 where the largest is not very small. */
export function unitOf(values: ArrayLike<number>): number {
  let largest = 0;
  for (let i = 0; i < values.length; i++) {
    const size = Math.abs(values[i] as number);
    if (size >= SMALLEST_SIZE) return 1;
    if (size > largest) largest = size;
  }
  return largest === 0 ? 1 : 2 ** Math.floor(Math.log2(largest));
}
