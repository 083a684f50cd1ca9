/**
 * A compact letter display (Piepho 2004, insert and absorb): items that share a letter are not told apart. `differs`
 * says which pairs are. Letters go to items in their order, so pass them best first.
 */
export function letterDisplay(count: number, differs: (a: number, b: number) => boolean): string[] {
  let groups = [new Set(Array.from({ length: count }, (_, i) => i))];
  for (let a = 0; a < count; a++) {
    for (let b = a + 1; b < count; b++) {
      if (differs(a, b)) groups = absorb(groups.flatMap((group) => split(group, a, b)));
    }
  }
  groups.sort((x, y) => compareMembers([...x], [...y]));
  return Array.from({ length: count }, (_, item) => groups.flatMap((group, index) => (group.has(item) ? [letter(index)] : [])).join(""));
}

function split(group: Set<number>, a: number, b: number): Set<number>[] {
  if (!group.has(a) || !group.has(b)) return [group];
  return [a, b].map((left) => new Set([...group].filter((item) => item !== left)));
}

/** Drops groups that lie within another. */
function absorb(groups: readonly Set<number>[]): Set<number>[] {
  return groups.filter(
    (group, index) => !groups.some((other, at) => at !== index && isWithin(group, other) && (group.size < other.size || at < index)),
  );
}

function isWithin(group: Set<number>, other: Set<number>): boolean {
  return group.size <= other.size && [...group].every((item) => other.has(item));
}

function compareMembers(x: readonly number[], y: readonly number[]): number {
  const differing = x.findIndex((item, i) => item !== y[i]);
  return differing < 0 ? x.length - y.length : (x[differing] ?? 0) - (y[differing] ?? Infinity);
}

/** a, b, ... z, A, ... Z, then a1, b1, ... */
function letter(index: number): string {
  const alphabet = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
  const round = Math.floor(index / alphabet.length);
  return `${alphabet[index % alphabet.length] ?? ""}${round === 0 ? "" : round}`;
}
