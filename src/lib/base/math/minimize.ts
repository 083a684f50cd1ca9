import { dot } from "./linear-algebra.js";

const MEMORY = 8;
const SHRINK = 0.5;
const ARMIJO = 1e-4;
const MOST_HALVINGS = 20;

/** A function to minimize: its value at a point, with the gradient written into `gradient`. */
export type MinimizedFunction = (point: Float64Array, gradient: Float64Array) => number;

export interface Box {
  low: Float64Array;
  high: Float64Array;
}

export interface MinimizeOptions {
  steps: number;
  /** A step that gains less than this is the last. */
  tolerance: number;
}

/**
 * A local minimum within a box from a starting point, by L-BFGS with projected steps (Nocedal and Wright 2006, algorithms 7.4
 * and 7.5): what lies at a bound and is drawn outwards stays there. Values that are not numbers are walked away from.
 */
export function minimize(
  objective: MinimizedFunction,
  start: Float64Array,
  box: Box,
  { steps, tolerance }: MinimizeOptions,
): { point: Float64Array; value: number } {
  const n = start.length;
  let point = project(Float64Array.from(start), box);
  let gradient: Float64Array = new Float64Array(n);
  let value = objective(point, gradient);
  const pairs: Pair[] = [];
  for (let step = 0; step < steps; step++) {
    const next = stepFrom(objective, { point, value, gradient }, pairs, box);
    if (!next) break;
    const s = next.point.map((x, i) => x - (point[i] as number));
    const y = next.gradient.map((g, i) => g - (gradient[i] as number));
    const curvature = dot(s, y);
    if (curvature > 1e-12) pairs.push({ s, y, rho: 1 / curvature });
    if (pairs.length > MEMORY) pairs.shift();
    const gain = value - next.value;
    [point, gradient, value] = [next.point, next.gradient, next.value];
    if (gain <= tolerance) break;
  }
  return { point, value };
}

/** A step and the change of the gradient along it. */
interface Pair {
  s: Float64Array;
  y: Float64Array;
  rho: number;
}

interface Place {
  point: Float64Array;
  value: number;
  gradient: Float64Array;
}

/** A better place, by what the last steps taught, or else straight down, with that forgotten; undefined where there is none. */
function stepFrom(objective: MinimizedFunction, from: Place, pairs: Pair[], box: Box): Place | undefined {
  for (;;) {
    const free = Float64Array.from(from.gradient);
    holdAtBounds(free, from, box);
    const direction = towards(free, pairs);
    holdAtBounds(direction, from, box);
    const found =
      dot(direction, from.gradient) < 0 ? lineSearch(objective, from, { direction, first: pairs.length === 0 }, box) : undefined;
    if (found || pairs.length === 0) return found;
    pairs.length = 0;
  }
}

function lineSearch(
  objective: MinimizedFunction,
  { point, value, gradient }: Place,
  { direction, first }: { direction: Float64Array; first: boolean },
  box: Box,
): Place | undefined {
  const slope = dot(direction, gradient);
  let length = first ? Math.min(1, 0.3 / Math.sqrt(dot(direction, direction))) : 1;
  for (let halving = 0; halving < MOST_HALVINGS; halving++) {
    const tried = project(
      point.map((x, i) => x + length * (direction[i] as number)),
      box,
    );
    const own = new Float64Array(point.length);
    const found = objective(tried, own);
    if (found <= value + ARMIJO * length * slope) return { point: tried, gradient: own, value: found };
    length *= SHRINK;
  }
  return undefined;
}

/** The quasi-Newton direction, by the two-loop recursion. */
function towards(gradient: Float64Array, pairs: readonly Pair[]): Float64Array {
  const direction = gradient.map((g) => -g);
  const shares: number[] = [];
  for (const { s, y, rho } of [...pairs].reverse()) {
    const share = rho * dot(s, direction);
    shares.push(share);
    for (let i = 0; i < direction.length; i++) direction[i] = (direction[i] as number) - share * (y[i] as number);
  }
  const last = pairs.at(-1);
  if (last) {
    const scale = 1 / (last.rho * dot(last.y, last.y));
    for (let i = 0; i < direction.length; i++) direction[i] = (direction[i] as number) * scale;
  }
  for (const { s, y, rho } of pairs) {
    const correction = (shares.pop() ?? 0) - rho * dot(y, direction);
    for (let i = 0; i < direction.length; i++) direction[i] = (direction[i] as number) + correction * (s[i] as number);
  }
  return direction;
}

function holdAtBounds(direction: Float64Array, { point, gradient }: Place, { low, high }: Box): void {
  for (let i = 0; i < point.length; i++) {
    const [x, slope] = [point[i] as number, gradient[i] as number];
    if ((x <= (low[i] as number) && slope > 0) || (x >= (high[i] as number) && slope < 0)) direction[i] = 0;
  }
}

function project(point: Float64Array, { low, high }: Box): Float64Array {
  for (let i = 0; i < point.length; i++) point[i] = Math.min(high[i] as number, Math.max(low[i] as number, point[i] as number));
  return point;
}
