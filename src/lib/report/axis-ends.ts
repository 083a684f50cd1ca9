/** Where an axis ends; elsewhere its ticks decide. */
export interface AxisEnds {
  min?: number;
  max?: number;
}

/** The ends of an axis whose values cannot be beyond some bounds: named where ticks, as they are rounded, could pass them. */
export function axisEnds(values: readonly (number | null | undefined)[], [lowest, highest]: readonly [number, number]): AxisEnds {
  const known = values.filter((value): value is number => typeof value === "number" && Number.isFinite(value));
  if (known.length === 0) return {};
  const near = 0.3 * (highest - lowest);
  const [low, high] = known.reduce(([least, most], value) => [Math.min(least, value), Math.max(most, value)], [Infinity, -Infinity]);
  return { ...(low < lowest + near && { min: lowest }), ...(high > highest - near && { max: highest }) };
}
