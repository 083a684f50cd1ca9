/**
 * A value of JSON, of which no object inherits anything: a param named "constructor" is there only where somebody wrote it. A walk of its
 * own: JSON.parse with a reviver takes five times as long, which shows in thousands of runs.
 */
export function withoutPrototypes(value: unknown): unknown {
  const left = [value];
  while (left.length > 0) {
    const each = left.pop();
    if (typeof each !== "object" || each === null) continue;
    if (!Array.isArray(each)) Object.setPrototypeOf(each, null);
    for (const inner of Object.values(each) as unknown[]) if (typeof inner === "object") left.push(inner);
  }
  return value;
}
