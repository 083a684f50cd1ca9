/** Two raters' levels of one thing. */
export type RatedPair = readonly [first: number, second: number];

/**
 * Cohen's kappa with quadratic weights (Cohen 1968): 1 is full agreement, 0 what chance gives, and a miss by two counts four
 * times a miss by one. NaN where both raters only ever gave one and the same level.
 */
export function quadraticKappa(pairs: readonly RatedPair[]): number {
  const n = pairs.length;
  const observed = pairs.reduce((sum, [a, b]) => sum + (a - b) ** 2, 0) / n;
  // the mean of (a - b)^2 over all pairs of a first and a second rating, without a loop over both
  const sums = pairs.reduce(
    ({ a, b, aa, bb }, [first, second]) => ({ a: a + first, b: b + second, aa: aa + first ** 2, bb: bb + second ** 2 }),
    { a: 0, b: 0, aa: 0, bb: 0 },
  );
  const expected = (sums.aa + sums.bb) / n - (2 * sums.a * sums.b) / n ** 2;
  return expected <= 0 ? Number.NaN : 1 - observed / expected;
}

/** How often the first rater gave a level (rows) where the second gave another (columns); levels in ascending order. */
export function confusionMatrix(pairs: readonly RatedPair[], levels: readonly number[]): number[][] {
  const matrix = levels.map(() => levels.map(() => 0));
  for (const [a, b] of pairs) {
    const row = matrix[levels.indexOf(a)];
    const column = levels.indexOf(b);
    if (row && column >= 0) row[column] = (row[column] ?? 0) + 1;
  }
  return matrix;
}

/**
 * Krippendorff's alpha for ordinal ratings by any number of raters, some of them missing (Krippendorff 2011, Computing
 * Krippendorff's Alpha-Reliability): 1 is full agreement, 0 what chance gives. NaN where it is not defined.
 */
export function ordinalAlpha(units: readonly (readonly (number | null)[])[]): number {
  const rated = units.map((unit) => unit.flatMap((value) => (value === null ? [] : [value]))).filter((values) => values.length > 1);
  const counts = new Map<number, number>();
  for (const value of rated.flat()) counts.set(value, (counts.get(value) ?? 0) + 1);
  const levels = [...counts.keys()].sort((a, b) => a - b);
  const total = rated.reduce((sum, values) => sum + values.length, 0);
  const distance = ordinalDistances(levels, counts);
  const observed = rated.reduce((sum, values) => {
    const within = values.reduce((all, a) => all + values.reduce((one, b) => one + distance(a, b), 0), 0);
    return sum + within / (values.length - 1);
  }, 0);
  const expected = levels.reduce(
    (sum, a) => sum + levels.reduce((one, b) => one + (counts.get(a) ?? 0) * (counts.get(b) ?? 0) * distance(a, b), 0),
    0,
  );
  return expected === 0 ? Number.NaN : 1 - ((total - 1) * observed) / expected;
}

/** The square of how many ratings lie between two levels, half of the levels' own included. */
function ordinalDistances(levels: readonly number[], counts: ReadonlyMap<number, number>): (a: number, b: number) => number {
  const upTo = new Map<number, number>();
  let sum = 0;
  for (const level of levels) upTo.set(level, (sum += counts.get(level) ?? 0));
  return (a, b) => {
    const [low, high] = a < b ? [a, b] : [b, a];
    if (low === high) return 0;
    const between = (upTo.get(high) ?? 0) - (upTo.get(low) ?? 0) + (counts.get(low) ?? 0);
    return (between - ((counts.get(low) ?? 0) + (counts.get(high) ?? 0)) / 2) ** 2;
  };
}
