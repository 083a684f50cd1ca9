import type { Random } from "./random.js";

const MOST_STEPS = 8;

/**
 * One sweep of univariate slice sampling over all coordinates in place, with stepping out and shrinkage (Neal 2003, Ann. Stat. 31):
 * leaves the distribution with that logarithm of a density as it is. `widths` are the first guesses of the slices' sizes. Returns the
 * density's logarithm at the new point.
 */
export function sliceSweep(
  logDensity: (point: Float64Array) => number,
  point: Float64Array,
  { widths, random }: { widths: Float64Array; random: Random },
): number {
  let current = logDensity(point);
  for (let i = 0; i < point.length; i++) {
    const level = current + Math.log(Math.max(random(), 1e-300));
    const start = point[i] as number;
    const width = widths[i] as number;
    const at = (value: number) => {
      point[i] = value;
      return logDensity(point);
    };
    let low = start - width * random();
    let high = low + width;
    for (let step = 0; step < MOST_STEPS && at(low) > level; step++) low -= width;
    for (let step = 0; step < MOST_STEPS && at(high) > level; step++) high += width;
    for (;;) {
      const tried = low + (high - low) * random();
      const found = at(tried);
      if (found > level) {
        current = found;
        break;
      }
      if (high - low < 1e-9) {
        current = at(start); // nothing else is as likely, by rounding
        break;
      }
      if (tried < start) low = tried;
      else high = tried;
    }
  }
  return current;
}
