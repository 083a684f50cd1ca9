/**
 * Which of the points no other beats: none is at least as good in every coordinate and better in one. More is better in each;
 * a point with a coordinate that is not a number is never one of them.
 */
export function paretoFront(points: readonly (readonly number[])[]): boolean[] {
  return points.map(
    (point) => point.every(Number.isFinite) && !points.some((other) => other.every(Number.isFinite) && dominates(other, point)),
  );
}

function dominates(a: readonly number[], b: readonly number[]): boolean {
  return a.every((value, i) => value >= (b[i] ?? 0)) && a.some((value, i) => value > (b[i] ?? 0));
}
