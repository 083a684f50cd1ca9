import { paretoFront } from "./pareto.js";

/**
 * The volume that points dominate above a reference, where more of every coordinate is better: two-dimensional areas exactly, more
 * dimensions by slicing along the last one (Knowles 2002; Zitzler 1999). Points that are not above the reference add nothing.
 */
export function hypervolume(points: readonly (readonly number[])[], reference: readonly number[]): number {
  const above = points.filter((point) => point.every((value, i) => value > (reference[i] ?? 0)));
  const front = above.filter((_, i) => paretoFront(above)[i]);
  return volume(front, reference);
}

function volume(points: readonly (readonly number[])[], reference: readonly number[]): number {
  const last = reference.length - 1;
  if (points.length === 0) return 0;
  if (last === 0) return Math.max(...points.map(([value = 0]) => value)) - (reference[0] ?? 0);
  const sorted = [...points].sort((a, b) => (b[last] ?? 0) - (a[last] ?? 0));
  let total = 0;
  for (const [i, point] of sorted.entries()) {
    const below = sorted[i + 1]?.[last] ?? reference[last] ?? 0;
    const height = (point[last] ?? 0) - below;
    const slice = sorted.slice(0, i + 1).map((other) => other.slice(0, last));
    if (height > 0) total += height * volume(slice, reference.slice(0, last));
  }
  return total;
}
