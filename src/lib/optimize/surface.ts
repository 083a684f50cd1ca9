import { variance } from "simple-statistics";
import { createRandom } from "../math/random.js";
import type { Params, SearchDimension, SearchSpace } from "../samplers/space.js";
import type { SearchStudy } from "../study/search-study.js";

const STEPS = 41;
const CELLS = 21;
/** Settings over which other parameters are averaged. */
const BACKGROUND = 64;
const LEVELS = 9;

/** What is believed along one parameter, the others as in the best setting. */
export interface Slice {
  name: string;
  /** Values of the parameter, in order. */
  values: (number | string)[];
  mean: number[];
  low: number[];
  high: number[];
}

/** What is believed over the two parameters that matter most. */
export interface Contour {
  x: { name: string; values: (number | string)[] };
  y: { name: string; values: (number | string)[] };
  /** By y, then x. */
  mean: number[][];
}

export interface SurfaceDocument {
  /** The share of the objective's variation over the space that each parameter makes alone; the rest is interaction. */
  importance: { name: string; share: number }[];
  slices: Slice[];
  contour: Contour | null;
}

/** What the trials say of the whole space, by one objective around a setting; null below two trials that worked. */
export function describeSurface(study: SearchStudy, around: Params, objective = 0): SurfaceDocument | null {
  const believe = study.surface(objective);
  if (!believe) return null;
  const { space } = study;
  const importance = importanceOf(space, (params) => believe(params).mean);
  const slices = space.dimensions.map((dimension): Slice => {
    const values = valuesOf(dimension, STEPS);
    const beliefs = values.map((value) => believe({ ...around, [dimension.name]: value }));
    return {
      name: dimension.name,
      values,
      mean: beliefs.map((b) => b.mean),
      low: beliefs.map((b) => b.low),
      high: beliefs.map((b) => b.high),
    };
  });
  const [first, second] = importance.map(({ name }) => space.dimensions.find((dimension) => dimension.name === name));
  if (!first || !second) return { importance, slices, contour: null };
  const [xs, ys] = [valuesOf(first, CELLS), valuesOf(second, CELLS)];
  const mean = ys.map((y) => xs.map((x) => believe({ ...around, [first.name]: x, [second.name]: y }).mean));
  return { importance, slices, contour: { x: { name: first.name, values: xs }, y: { name: second.name, values: ys }, mean } };
}

/** First-order shares of variance (Sobol' 1993), by averages over the other parameters; the most important first. */
function importanceOf(space: SearchSpace, believe: (params: Params) => number): { name: string; share: number }[] {
  const random = createRandom(1);
  const background = Array.from({ length: BACKGROUND }, () => space.decode(space.fromUniform(space.dimensions.map(() => random()))));
  const whole = variance(background.map(believe));
  const shares = space.dimensions.map((dimension) => {
    const averages = valuesOf(dimension, LEVELS).map((value) => {
      const own = background.map((params) => believe({ ...params, [dimension.name]: value }));
      return own.reduce((sum, one) => sum + one, 0) / own.length;
    });
    return { name: dimension.name, share: whole > 0 ? Math.min(1, variance(averages) / whole) : 0 };
  });
  return shares.sort((a, b) => b.share - a.share);
}

/** Values of a parameter, evenly over its range. */
function valuesOf(dimension: SearchDimension, count: number): (number | string)[] {
  if (dimension.kind === "categorical") return [...dimension.values];
  const { low, high, log, kind } = dimension;
  const [from, to] = log ? [Math.log(low), Math.log(high)] : [low, high];
  const even = Array.from({ length: count }, (_, i) => from + ((to - from) * i) / (count - 1)).map((at) => (log ? Math.exp(at) : at));
  const fitting = even.map((value) => (kind === "int" ? Math.round(value) : Number(Math.min(high, Math.max(low, value)).toPrecision(6))));
  return [...new Set(fitting)];
}
