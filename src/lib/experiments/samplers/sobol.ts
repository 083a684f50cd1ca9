import type { Random } from "../../base/math/random.js";

/** Degree, coefficients and initial direction numbers of dimensions 2..21 (Joe and Kuo 2008, new-joe-kuo-6.21201). */
const DIRECTIONS: readonly (readonly [degree: number, coefficients: number, initial: readonly number[]])[] = [
  [1, 0, [1]],
  [2, 1, [1, 3]],
  [3, 1, [1, 3, 1]],
  [3, 2, [1, 1, 1]],
  [4, 1, [1, 1, 3, 3]],
  [4, 4, [1, 3, 5, 13]],
  [5, 2, [1, 1, 5, 5, 17]],
  [5, 4, [1, 1, 5, 5, 5]],
  [5, 7, [1, 1, 7, 11, 19]],
  [5, 11, [1, 1, 5, 1, 1]],
  [5, 13, [1, 1, 1, 3, 11]],
  [5, 14, [1, 3, 5, 5, 31]],
  [6, 1, [1, 3, 3, 9, 7, 49]],
  [6, 13, [1, 1, 1, 15, 21, 21]],
  [6, 16, [1, 3, 1, 13, 27, 49]],
  [6, 19, [1, 1, 1, 15, 7, 5]],
  [6, 22, [1, 3, 1, 15, 13, 25]],
  [6, 25, [1, 1, 5, 5, 19, 61]],
  [7, 1, [1, 3, 7, 11, 23, 15, 103]],
  [7, 4, [1, 3, 7, 13, 13, 15, 69]],
];
const BITS = 32;
const SCALE = 2 ** -BITS;

/** The most dimensions there are direction numbers for. */
export const MOST_SOBOL_DIMENSIONS = DIRECTIONS.length + 1;

/**
 * Sobol's sequence in 0..1 (Sobol 1967; Antonov and Saleev's order by Gray code). With a random stream it is scrambled by a random
 * lower triangular matrix and a digital shift (Matousek 1998), which keeps it as even and makes every point uniform.
 */
export class Sobol {
  private readonly directions: Uint32Array[];
  private readonly state: Uint32Array;
  private index = 0;

  constructor(dimensions: number, random?: Random) {
    if (dimensions > MOST_SOBOL_DIMENSIONS) throw new RangeError(`${dimensions} dimensions are more than ${MOST_SOBOL_DIMENSIONS}`);
    this.directions = Array.from({ length: dimensions }, (_, i) => directionsOf(i));
    if (random) this.directions = this.directions.map((own) => scramble(own, random));
    this.state = Uint32Array.from({ length: dimensions }, () => (random ? Math.floor(random() * 2 ** BITS) : 0));
  }

  /** The next point; the first one of an unscrambled sequence is the origin. */
  next(): number[] {
    const point = Array.from(this.state, (bits) => bits * SCALE);
    const zero = Math.clz32(~this.index & (this.index + 1)) ^ 31; // the lowest bit of the index that is 0
    this.index++;
    for (let i = 0; i < this.state.length; i++) this.state[i] = ((this.state[i] as number) ^ (this.directions[i]?.[zero] as number)) >>> 0;
    return point;
  }
}

function directionsOf(dimension: number): Uint32Array {
  const numbers = new Uint32Array(BITS);
  const known = DIRECTIONS[dimension - 1];
  if (!known) return numbers.map((_, bit) => 2 ** (BITS - 1 - bit));
  const [degree, coefficients, initial] = known;
  for (let bit = 0; bit < BITS; bit++) {
    if (bit < degree) numbers[bit] = (initial[bit] ?? 1) * 2 ** (BITS - 1 - bit);
    else {
      let value = (numbers[bit - degree] as number) ^ ((numbers[bit - degree] as number) >>> degree);
      for (let k = 1; k < degree; k++) if ((coefficients >>> (degree - 1 - k)) & 1) value ^= numbers[bit - k] as number;
      numbers[bit] = value >>> 0;
    }
  }
  return numbers;
}

/** Direction numbers times a random lower triangular matrix of bits with ones on its diagonal. */
function scramble(directions: Uint32Array, random: Random): Uint32Array {
  // row r decides bit r (from the top) of the result, from itself and the bits above it
  const rows = Array.from({ length: BITS }, (_, r) => {
    const above = r === 0 ? 0 : Math.floor(random() * 2 ** r) * 2 ** (BITS - r);
    return (above | (2 ** (BITS - 1 - r))) >>> 0;
  });
  return directions.map((value) => rows.reduce((bits, row, r) => (parity(row & value) ? bits | (1 << (BITS - 1 - r)) : bits), 0) >>> 0);
}

function parity(bits: number): number {
  let folded = bits ^ (bits >>> 16);
  folded ^= folded >>> 8;
  folded ^= folded >>> 4;
  folded ^= folded >>> 2;
  folded ^= folded >>> 1;
  return folded & 1;
}
