import leven from "leven";

/** "Did you mean NAME? " where a known name is like what was written, else nothing: the beginning of a hint. */
export function didYouMean(written: string, known: readonly string[]): string {
  const nearest = nearestOf(written, known);
  return nearest === undefined ? "" : `Did you mean ${nearest}? `;
}

/** The name most like what was written, if any is like it at all. */
export function nearestOf(written: string, known: readonly string[]): string | undefined {
  const ranked = known.map((name) => ({ name, distance: leven(written, name) })).sort((a, b) => a.distance - b.distance);
  const [best] = ranked;
  return best && best.distance <= Math.max(2, written.length / 3) ? best.name : undefined;
}
