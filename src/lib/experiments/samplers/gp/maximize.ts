import { minimize } from "../../../base/math/minimize.js";
import type { Random } from "../../../base/math/random.js";
import { MOST_SOBOL_DIMENSIONS, Sobol } from "../sobol.js";
import type { Point, SearchSpace } from "../space.js";

const EVEN = 512;
/** Of them and those around good settings, so many are scored exactly. */
const PROMISING = 96;
const AROUND = 16;
const NEAR = 0.08;
const STARTS = 8;
const ROUNDS = 3;
const LBFGS = { steps: 25, tolerance: 1e-5 };
const MOST_LEVELS = 16;
const JUMPS = [-32, -16, -8, -4, -2, -1, 1, 2, 4, 8, 16, 32];

/** A function of settings to maximize, with its gradient by numeric dimensions. */
export type PointScore = (point: Point, gradient?: Float64Array) => number;

export interface Scored {
  point: Point;
  value: number;
}

export interface MaximizeOptions {
  random: Random;
  /** A cheaper score, by which most candidates are left out. */
  rough: PointScore;
  /** Settings whose neighborhood is searched closely. */
  near: readonly Point[];
  /** How far apart two settings are, for starts that are not all the same. */
  distance: (a: Point, b: Point) => number;
}

/**
 * The setting with the highest score that is found: even points over the space and random ones near good settings, the best of them
 * that lie apart refined by turns, floats by gradients, ints and categories by trying.
 */
export function maximize(space: SearchSpace, score: PointScore, { random, rough, near, distance }: MaximizeOptions): Scored {
  const candidates = [
    ...evenPoints(space, random),
    ...near.flatMap((point) => Array.from({ length: AROUND }, () => perturb(space, point, random))),
  ];
  const promising = rank(candidates, rough).slice(0, PROMISING);
  const ranked = rank(
    promising.map(({ point }) => point),
    score,
  );
  let best = ranked[0] as (typeof ranked)[number];
  for (const start of spreadOut(ranked, distance)) {
    const refined = refine(space, score, start);
    if (refined.value > best.value) best = refined;
  }
  return best;
}

function rank(points: readonly Point[], score: PointScore): Scored[] {
  return points.map((point) => ({ point, value: score(point) })).sort((a, b) => b.value - a.value);
}

function evenPoints(space: SearchSpace, random: Random): Point[] {
  const even = space.size <= MOST_SOBOL_DIMENSIONS ? new Sobol(space.size, random) : undefined;
  return Array.from({ length: EVEN }, () => space.fromUniform(even?.next() ?? space.dimensions.map(() => random())));
}

/** A setting near another: some numbers moved a little, now and then another category. */
function perturb(space: SearchSpace, point: Point, random: Random): Point {
  const moved = point.map((place, i) => {
    if (space.isCategorical(i)) return random() < 0.2 ? Math.floor(random() * space.levelsOf(i)) : place;
    const width = NEAR * (random() < 0.5 ? 1 : 0.2);
    return Math.min(1, Math.max(0, place + width * (random() + random() + random() - 1.5) * 2));
  });
  return space.snap(moved);
}

function spreadOut(ranked: readonly Scored[], distance: MaximizeOptions["distance"]): Scored[] {
  const starts: Scored[] = [];
  for (const candidate of ranked) {
    if (starts.length >= STARTS) break;
    if (starts.every(({ point }) => distance(point, candidate.point) > 0.05)) starts.push(candidate);
  }
  return starts;
}

function refine(space: SearchSpace, score: PointScore, start: Scored): Scored {
  let current = start;
  for (let round = 0; round < ROUNDS; round++) {
    const before = current.value;
    current = tryLevels(space, score, moveFloats(space, score, current));
    if (current.value - before < LBFGS.tolerance) break;
  }
  return current;
}

/** Climbs along the floats; everything else stays. */
function moveFloats(space: SearchSpace, score: PointScore, { point, value }: Scored): Scored {
  const floats = space.dimensions.flatMap(({ kind }, i) => (kind === "float" ? [i] : []));
  if (floats.length === 0) return { point, value };
  const whole = Float64Array.from(point);
  const slopes = new Float64Array(point.length);
  const objective = (places: Float64Array, gradient: Float64Array) => {
    floats.forEach((i, k) => (whole[i] = places[k] as number));
    const found = score(whole, slopes);
    floats.forEach((i, k) => (gradient[k] = -(slopes[i] as number)));
    return -found;
  };
  const box = { low: new Float64Array(floats.length), high: new Float64Array(floats.length).fill(1) };
  const found = minimize(
    objective,
    Float64Array.from(floats, (i) => point[i] as number),
    box,
    LBFGS,
  );
  if (!(-found.value > value)) return { point, value };
  const moved = Float64Array.from(point);
  floats.forEach((i, k) => (moved[i] = found.point[k] as number));
  return { point: moved, value: -found.value };
}

/** Tries other values of ints and categories, one dimension after the other. */
function tryLevels(space: SearchSpace, score: PointScore, start: Scored): Scored {
  let current = start;
  for (const [i, { kind }] of space.dimensions.entries()) {
    if (kind === "float") continue;
    for (const place of placesOf(space, i, current.point)) {
      const point = Float64Array.from(current.point);
      point[i] = place;
      const value = score(point);
      if (value > current.value) current = { point, value };
    }
  }
  return current;
}

function placesOf(space: SearchSpace, index: number, point: Point): number[] {
  const levels = space.levelsOf(index);
  if (space.isCategorical(index)) return Array.from({ length: levels }, (_, level) => level);
  const place = point[index] as number;
  const steps = levels <= MOST_LEVELS ? Array.from({ length: 2 * levels - 1 }, (_, i) => i - levels + 1) : JUMPS;
  return [...new Set(steps.map((step) => space.step(index, place, step)))];
}
