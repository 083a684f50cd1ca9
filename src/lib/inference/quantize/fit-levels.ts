/** Scales that are tried around the obvious one, in levels more or fewer; that one first, so that what it fits exactly stays exact. */
const TRIED = [0, -0.2, 0.2, -0.4, 0.4, -0.6, 0.6, -0.8, 0.8, -1, 1];
/** Another has to be better by more than rounding. */
const BETTER = 1e-7;
/** Levels are rounded again by the line that was found, so often. */
const ROUNDS = 1;

/** A line through levels: `level * scale - offset`. */
export interface Line {
  scale: number;
  offset: number;
}

/** Of the group that is being fitted; loops over plain numbers in one place are what makes this quick. */
const weights = new Float64Array(256);

/**
 * The scale and offset for which `level * scale - offset`, with whole levels from 0 to `most`, is nearest to `count` values from `at`
 * on: for scales around the range's, levels are rounded and the weighted least-squares line through them taken, and the best kept.
 * Large values weigh more, as they do in what the weights are used for. The offset is 0 or more: zero stays near zero.
 */
export function fitOffset(values: Float32Array, { at, count, most }: { at: number; count: number; most: number }): Line {
  let low = 0;
  let high = 0;
  let square = 0;
  for (let i = at; i < at + count; i++) {
    const value = values[i] as number;
    if (value < low) low = value;
    if (value > high) high = value;
    square += value * value;
  }
  if (high === low) return { scale: 0, offset: 0 };
  const base = Math.sqrt(square / count);
  for (let i = 0; i < count; i++) weights[i] = base + Math.abs(values[at + i] as number);
  let best = { scale: (high - low) / most, offset: -low };
  let least = Infinity;
  for (const more of TRIED) {
    let start = { low, inverse: (most + more) / (high - low) };
    for (let round = 0; round <= ROUNDS; round++) {
      const line = lineThrough(values, { at, count, most, ...start });
      if (line.error < least * (1 - BETTER)) {
        least = line.error;
        best = { scale: line.scale, offset: line.offset };
      }
      if (line.error === Infinity) break;
      start = { low: -line.offset, inverse: 1 / line.scale };
    }
  }
  return best;
}

function lineThrough(
  values: Float32Array,
  { at, count, most, low, inverse }: { at: number; count: number; most: number; low: number; inverse: number },
): Line & { error: number } {
  let w = 0;
  let q = 0;
  let x = 0;
  let qq = 0;
  let qx = 0;
  let xx = 0;
  for (let i = 0; i < count; i++) {
    const value = values[at + i] as number;
    const weight = weights[i] as number;
    const place = (value - low) * inverse + 0.5;
    const level = place < 0 ? 0 : place > most ? most : place | 0;
    const weighted = weight * level;
    w += weight;
    q += weighted;
    x += weight * value;
    qq += weighted * level;
    qx += weighted * value;
    xx += weight * value * value;
  }
  const determinant = w * qq - q * q;
  let scale = determinant > 0 ? (w * qx - x * q) / determinant : 0;
  let intercept = determinant > 0 ? (qq * x - q * qx) / determinant : 0;
  if (intercept > 0 || determinant <= 0) {
    intercept = 0;
    scale = qq > 0 ? qx / qq : 0;
  }
  const error = xx + scale * scale * qq + intercept * intercept * w - 2 * scale * qx - 2 * intercept * x + 2 * scale * intercept * q;
  return scale > 0 ? { scale, offset: -intercept, error } : { scale: 0, offset: 0, error: Infinity };
}

/**
 * The scale for which `level * scale`, with whole levels from -most to most - 1, is nearest to `count` values from `at` on, weighted by
 * their squares; negative where the largest value is positive, because there is one level more below zero.
 */
export function fitSymmetric(values: Float32Array, { at, count, most }: { at: number; count: number; most: number }): number {
  let largest = 0;
  for (let i = at; i < at + count; i++) if (Math.abs(values[i] as number) > Math.abs(largest)) largest = values[i] as number;
  if (largest === 0) return 0;
  let best = largest / -most;
  let greatest = 0;
  for (const more of TRIED) {
    const inverse = -(most + more) / largest;
    let qx = 0;
    let qq = 0;
    for (let i = at; i < at + count; i++) {
      const value = values[i] as number;
      const place = Math.floor(value * inverse + 0.5);
      const level = place < -most ? -most : place > most - 1 ? most - 1 : place;
      const weighted = value * value * level;
      qx += weighted * value;
      qq += weighted * level;
    }
    // what is explained of the values: the error's complement
    if (qq > 0 && (qx * qx) / qq > greatest * (1 + BETTER)) {
      greatest = (qx * qx) / qq;
      best = qx / qq;
    }
  }
  return best;
}
