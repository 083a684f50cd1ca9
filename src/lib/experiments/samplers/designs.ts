import { LlmopsError } from "../../base/errors/llmops-error.js";
import { DesignSampler } from "./design-sampler.js";
import type { SamplerDefinition } from "./sampler.js";
import type { Params, SearchDimension, SearchSpace } from "./space.js";

/** A grid of more is not tried to its end by anybody. */
const MOST_IN_GRID = 10_000;

/** A parameter and the values it takes. */
export interface Dimension {
  name: string;
  values: readonly (number | string)[];
}

/** How the values of several parameters go together: each parameter varied alone, all combinations, or the lists side by side. */
export const DESIGNS = ["single", "grid", "zip"] as const;
export type DesignName = (typeof DESIGNS)[number];

/**
 * The design of that name over some parameters, with the settings `before` it first. Varied alone, several parameters get the
 * setting that leaves all of them alone as well. Lists side by side have as many values as the first.
 */
export function createDesign(design: DesignName, dimensions: readonly Dimension[], before: readonly Params[] = []): DesignSampler {
  return new DesignSampler([...before, ...(dimensions.length === 0 ? [] : arrange(design, dimensions))]);
}

/** Every setting of a space of lists and whole numbers. Throws INVALID_ARGUMENT for a space that has too many, as any with a float. */
export function gridSampler(space: SearchSpace): DesignSampler {
  if (space.count <= MOST_IN_GRID) return createDesign("grid", space.dimensions.map(toValues));
  const float = space.dimensions.find(({ kind }) => kind === "float");
  const many = float ? `${float.name} is a range without steps` : `it would have ${space.count} settings, more than ${MOST_IN_GRID}`;
  throw new LlmopsError("INVALID_ARGUMENT", `The space cannot be searched as a grid: ${many}.`, {
    hint: "Give it steps or list its values, as in temperature=0..1:0.5 or temperature=0,0.5,1, or choose another sampler.",
  });
}

/** `grid`. */
export const gridDefinition: SamplerDefinition = {
  name: "grid",
  about: "every combination in turn, of lists and whole numbers",
  create: gridSampler,
};

function toValues(dimension: SearchDimension): Dimension {
  if (dimension.kind === "categorical") return dimension;
  const { name, low, high } = dimension;
  return { name, values: Array.from({ length: high - low + 1 }, (_, i) => low + i) };
}

/** How many settings a design has, without making them: a grid may have more than fit into memory. */
export function countDesign(design: DesignName, dimensions: readonly Dimension[]): number {
  const lengths = dimensions.map(({ values }) => values.length);
  if (lengths.length === 0) return 0;
  if (design === "grid") return lengths.reduce((product, length) => product * length, 1);
  if (design === "zip") return lengths[0] ?? 0;
  return lengths.reduce((sum, length) => sum + length, lengths.length === 1 ? 0 : 1);
}

function arrange(design: DesignName, dimensions: readonly Dimension[]): Params[] {
  if (design === "grid") return gridSettings(dimensions);
  if (design === "zip") return zipSettings(dimensions);
  return dimensions.length === 1 ? singleSettings(dimensions) : [{}, ...singleSettings(dimensions)];
}

/** Every combination of the dimensions' values, the last dimension changing fastest. */
function gridSettings(dimensions: readonly Dimension[]): Params[] {
  return dimensions.reduce<Params[]>(
    (settings, { name, values }) => settings.flatMap((setting) => values.map((value) => ({ ...setting, [name]: value }))),
    [{}],
  );
}

/** The first values of all dimensions together, then the second ones, ...; all have the same number of values. */
function zipSettings(dimensions: readonly Dimension[]): Params[] {
  return (dimensions[0]?.values ?? []).map((_, index) =>
    Object.fromEntries(dimensions.map(({ name, values }) => [name, values[index] as number | string])),
  );
}

/** Each dimension's values with the others left alone. */
function singleSettings(dimensions: readonly Dimension[]): Params[] {
  return dimensions.flatMap(({ name, values }) => values.map((value) => ({ [name]: value })));
}
