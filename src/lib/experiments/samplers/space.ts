import { z } from "zod";
export const searchDimensionSchema = z.union([
  z.object({
    name: z.string(),
    kind: z.literal("float"),
    low: z.number(),
    high: z.number(),
    log: z.boolean(),
  }),
  z.object({
    name: z.string(),
    kind: z.literal("int"),
    low: z.number(),
    high: z.number(),
    log: z.boolean(),
  }),
  z.object({
    name: z.string(),
    kind: z.literal("categorical"),
    values: z.array(z.union([z.number(), z.string()])).readonly(),
  }),
]);

/** A parameter to search over: a number between two ends, a whole number, or one of several values. */
export type SearchDimension = z.infer<typeof searchDimensionSchema>;

/** Values of all parameters by name. */
export type Params = Record<string, number | string>;

/** Of floats, where nobody says otherwise. */
const DIGITS = 8;

/** A setting as numbers: places in 0..1, indices of categorical values. */
export type Point = Float64Array;

/** The parameters of a search, and how settings are numbers to samplers: floats and ints on the unit interval, ints at the middle of their share of it. */
export class SearchSpace {
  readonly dimensions: readonly SearchDimension[];
  private readonly digits: number;

  /** Floats have so many digits. */
  constructor(dimensions: readonly SearchDimension[], digits = DIGITS) {
    this.dimensions = dimensions;
    this.digits = digits;
  }

  get size(): number {
    return this.dimensions.length;
  }

  /** Whether a value is one of a dimension's. */
  holds(dimension: SearchDimension, value: number | string | undefined): boolean {
    if (dimension.kind === "categorical") return value !== undefined && dimension.values.includes(value);
    const fits = typeof value === "number" && value >= dimension.low && value <= dimension.high;
    return fits && (dimension.kind === "float" || Number.isInteger(value));
  }

  /** How many settings there are; Infinity with a float. */
  get count(): number {
    return this.dimensions.reduce((product, _, i) => product * this.levelsOf(i), 1);
  }

  /** The numbers of a setting that lies in the space. */
  encode(params: Params): Point {
    return Float64Array.from(this.dimensions, (dimension) => {
      const value = params[dimension.name];
      if (dimension.kind === "categorical") return dimension.values.indexOf(value ?? "");
      return toUnit(dimension, Number(value));
    });
  }

  decode(point: Point): Params {
    return Object.fromEntries(this.dimensions.map((dimension, i) => [dimension.name, this.valueAt(i, point[i] ?? 0)]));
  }

  /** The nearest point that is a setting: ints are whole again. */
  snap(point: Point): Point {
    return point.map((place, i) => this.snapAt(i, place));
  }

  snapAt(index: number, place: number): number {
    const dimension = this.dimensions[index] as SearchDimension;
    if (dimension.kind === "float") return Math.min(1, Math.max(0, place));
    if (dimension.kind === "categorical") return place;
    return toUnit(dimension, fromUnit(dimension, place));
  }

  /** The point at numbers in 0..1, one for each dimension. */
  fromUniform(uniform: readonly number[]): Point {
    return Float64Array.from(this.dimensions, (dimension, i) => {
      const share = uniform[i] ?? 0;
      if (dimension.kind === "categorical") return Math.min(dimension.values.length - 1, Math.floor(share * dimension.values.length));
      return this.snapAt(i, share);
    });
  }

  isCategorical(index: number): boolean {
    return this.dimensions[index]?.kind === "categorical";
  }

  /** How many settings differ in a dimension; Infinity for a float. */
  levelsOf(index: number): number {
    const dimension = this.dimensions[index] as SearchDimension;
    if (dimension.kind === "float") return Infinity;
    return dimension.kind === "int" ? dimension.high - dimension.low + 1 : dimension.values.length;
  }

  /** The place of an int's value that lies so many steps from another place. */
  step(index: number, place: number, steps: number): number {
    const dimension = this.dimensions[index] as SearchDimension;
    if (dimension.kind !== "int") return place;
    return toUnit(dimension, Math.min(dimension.high, Math.max(dimension.low, fromUnit(dimension, place) + steps)));
  }

  private valueAt(index: number, place: number): number | string {
    const dimension = this.dimensions[index] as SearchDimension;
    if (dimension.kind === "categorical") return dimension.values[place] ?? "";
    return fromUnit(dimension, place, this.digits);
  }
}

type NumberDimension = Exclude<SearchDimension, { kind: "categorical" }>;

/** The ends of the unit interval: half a step beyond those of an int, so that each value has the same share. */
function endsOf({ kind, low, high, log }: NumberDimension): [low: number, high: number] {
  const [from, to] = kind === "int" ? [low - 0.5, high + 0.5] : [low, high];
  return log ? [Math.log(from), Math.log(to)] : [from, to];
}

function toUnit(dimension: NumberDimension, value: number): number {
  const [from, to] = endsOf(dimension);
  return to === from ? 0.5 : ((dimension.log ? Math.log(value) : value) - from) / (to - from);
}

function fromUnit(dimension: NumberDimension, place: number, digits = DIGITS): number {
  const [from, to] = endsOf(dimension);
  const linear = from + Math.min(1, Math.max(0, place)) * (to - from);
  const value = dimension.log ? Math.exp(linear) : linear;
  const fitting = dimension.kind === "int" ? Math.round(value) : Number(value.toPrecision(digits));
  return Math.min(dimension.high, Math.max(dimension.low, fitting));
}
