import { SearchSpace, type Params, type SearchDimension } from "../samplers/space.js";
import type { TrialOutcome } from "../study/search-study.js";
import type { Run } from "../../tracking/records.js";
import type { Objective } from "./objective.js";

const TWO_SIDED = 2 * 1.959963984540054;

/** What runs of earlier studies say of a space: those with a value of every parameter within it and of every objective. */
export function toKnown(
  runs: readonly Run[],
  dimensions: readonly SearchDimension[],
  objectives: readonly Objective[],
): { params: Params; outcome: TrialOutcome }[] {
  const space = new SearchSpace(dimensions);
  return runs.flatMap((run) => {
    const params = readParams(space, run.params);
    const metrics = Object.fromEntries(run.metrics.map(({ key, value }) => [key, value]));
    const values = objectives.map((objective) => readObjective(metrics, objective));
    const complete = values.every((value) => value !== undefined);
    return params && complete ? [{ params, outcome: { values: values.flatMap((value) => value ?? []) } }] : [];
  });
}

function readParams(space: SearchSpace, written: Readonly<Record<string, string>>): Params | undefined {
  const params: Params = {};
  for (const dimension of space.dimensions) {
    const text = written[dimension.name];
    if (text === undefined) return undefined;
    const isNumber = dimension.kind !== "categorical" || dimension.values.every((value) => typeof value === "number");
    const value = isNumber ? Number(text) : text;
    if (!space.holds(dimension, value)) return undefined;
    params[dimension.name] = value;
  }
  return params;
}

/** As `optimize` records objectives, or as any study records its metrics, with the standard error from the interval. */
function readObjective(metrics: Readonly<Record<string, number>>, { name, spec }: Objective): { value: number; se?: number } | undefined {
  const own = metrics[`objective/${name}`];
  if (own !== undefined) {
    const se = metrics[`objective/${name}_se`];
    return { value: own, ...(se !== undefined && { se }) };
  }
  const key = [name, spec ?? name].find((one) => metrics[one] !== undefined);
  const value = key === undefined ? undefined : metrics[key];
  if (value === undefined || key === undefined) return undefined;
  const [low, high] = [metrics[`${key}_ci_low`], metrics[`${key}_ci_high`]];
  return { value, ...(low !== undefined && high !== undefined && { se: (high - low) / TWO_SIDED }) };
}
