import { z } from "zod";
import { mean, variance } from "simple-statistics";
import { createRandom } from "../../base/math/random.js";
import type { Params, SearchDimension, SearchSpace } from "../samplers/space.js";
import type { SearchStudy } from "../study/search-study.js";
import { settingSchema } from "../study/study.js";

const STEPS = 41;
const CELLS = 21;
/** Parameters whose pairs have planes, and digits of what is believed there: a document stays short enough to be written again and again. */
const MOST_IN_PLANES = 4;
const PLANE_DIGITS = 5;
/** Settings of each of the two samples that importance is estimated from. */
const BACKGROUND = 1024;

interface Belief {
  mean: number;
  low: number;
  high: number;
}

const sliceSchema = z.object({
  name: z.string(),
  values: z.array(z.union([z.number(), z.string()])).describe("Values of the parameter, in order."),
  mean: z.array(z.number()),
  low: z.array(z.number()),
  high: z.array(z.number()),
});

/** What is believed along one parameter, the others as in the best setting. */
export type Slice = z.infer<typeof sliceSchema>;

const axisSchema = z.object({
  name: z.string(),
  values: z.array(z.union([z.number(), z.string()])),
});

/** What is believed over the two parameters that matter most. */
const contourSchema = z.object({
  x: axisSchema,
  y: axisSchema,
  mean: z.array(z.array(z.number())).describe("By y, then x."),
});

const planeSchema = contourSchema.extend({
  low: z.array(z.array(z.number())),
  high: z.array(z.array(z.number())),
});

/** What is believed over two parameters, the others as in the best setting. */
export type Plane = z.infer<typeof planeSchema>;

export const surfaceDocumentSchema = z.object({
  held: settingSchema.describe("The best setting: where the parameters are held that are not varied."),
  importance: z
    .array(
      z.object({
        name: z.string(),
        share: z.number(),
      }),
    )
    .describe(
      "The share of the objective's variance over the space that each parameter makes alone (Sobol' first-order); the rest is interaction.",
    ),
  slices: z.array(sliceSchema),
  contour: contourSchema.nullable(),
  planes: z.array(planeSchema).describe("Every pair of the four parameters that matter most, with the ends of 95 % intervals."),
});

export type SurfaceDocument = z.infer<typeof surfaceDocumentSchema>;

/** What the trials say of the whole space, by one objective around a setting, `clip`ped to where it can be; null below two trials that worked. */
export function describeSurface(
  study: SearchStudy,
  around: Params,
  { objective = 0, clip = (value: number) => value }: { objective?: number; clip?: (value: number) => number } = {},
): SurfaceDocument | null {
  const surface = study.surface(objective);
  if (!surface) return null;
  const believe = (params: Params) => {
    const { mean: center, low, high } = surface(params);
    return { mean: clip(center), low: clip(low), high: clip(high) };
  };
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
  const ranked = importance.flatMap(({ name }) => space.dimensions.find((dimension) => dimension.name === name) ?? []);
  const pairs = pairsOf(ranked.slice(0, MOST_IN_PLANES));
  const planes = pairs.map(([first, second]) => planeOver(first, second, (params) => believe({ ...around, ...params })));
  const [most] = planes;
  return { held: around, importance, slices, contour: most ? { x: most.x, y: most.y, mean: most.mean } : null, planes };
}

/** All pairs, those of the first ones first. */
function pairsOf<T>(all: readonly T[]): [T, T][] {
  return all.flatMap((one, i) => all.slice(i + 1).map((two): [T, T] => [one, two]));
}

function planeOver(first: SearchDimension, second: SearchDimension, believe: (params: Params) => Belief): Plane {
  const [xs, ys] = [valuesOf(first, CELLS), valuesOf(second, CELLS)];
  const beliefs = ys.map((y) => xs.map((x) => believe({ [first.name]: x, [second.name]: y })));
  const grid = (which: keyof Belief) => beliefs.map((row) => row.map((belief) => Number(belief[which].toPrecision(PLANE_DIGITS))));
  return {
    ...{ x: { name: first.name, values: xs }, y: { name: second.name, values: ys } },
    ...{ mean: grid("mean"), low: grid("low"), high: grid("high") },
  };
}

/**
 * First-order shares of variance (Sobol' 1993), the most important first, by Jansen's estimator (1999; Saltelli et al. 2010, Comput.
 * Phys. Commun. 181, table 2): two samples of the space, and the first with each parameter from the second; one variance for all of
 * them. The true shares are at least 0 and add up to at most 1; estimated ones that noise carries beyond are brought back to that.
 */
export function importanceOf(space: SearchSpace, believe: (params: Params) => number): { name: string; share: number }[] {
  const random = createRandom(1);
  const draw = () => Array.from({ length: BACKGROUND }, () => space.decode(space.fromUniform(space.dimensions.map(() => random()))));
  const [first, second] = [draw(), draw()];
  const believed = second.map(believe);
  const whole = variance([...first.map(believe), ...believed]);
  const shares = space.dimensions.map(({ name }) => {
    const apart = first.map((params, i) => (believe({ ...params, [name]: second[i]?.[name] ?? "" }) - (believed[i] ?? 0)) ** 2);
    return { name, share: whole > 0 ? Math.max(0, 1 - mean(apart) / (2 * whole)) : 0 };
  });
  const total = Math.max(
    1,
    shares.reduce((sum, { share }) => sum + share, 0),
  );
  return shares.map(({ name, share }) => ({ name, share: share / total })).sort((a, b) => b.share - a.share);
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
