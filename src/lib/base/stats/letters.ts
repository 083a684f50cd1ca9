/**
 * A compact letter display (Piepho 2004): items that share a letter are not told apart, and all others do not share one. `differs`
 * says which pairs are told apart. Letters stand for groups of items none of which are told apart; a group is grown from every pair
 * that has none yet (a clique cover of the pairs; Gramm et al. 2007, minimizing columns exactly is hard), which stays fast for a
 * thousand items. Letters go to items in their order, so pass them best first.
 */
export function letterDisplay(count: number, differs: (a: number, b: number) => boolean): string[] {
  const alike = Array.from({ length: count }, (_, a) => bitsOf(count, (b) => a === b || !differs(Math.min(a, b), Math.max(a, b))));
  const groups: Uint32Array[] = [];
  const covered = Array.from({ length: count }, (_, a) => bitsOf(count, (b) => a === b));
  for (let a = 0; a < count; a++) {
    const before = groups.length;
    for (let b = a + 1; b < count; b++) {
      if (!has(alike[a], b) || has(covered[a], b)) continue;
      const group = grow(alike, a, b);
      groups.push(group);
      const members = membersOf(group);
      for (const member of members) unite(covered[member], group);
    }
    if (before === groups.length && !groups.some((group) => has(group, a))) groups.push(bitsOf(count, (b) => a === b));
  }
  const ordered = groups.map(membersOf).sort(compareMembers);
  const letters = new Array<string>(count).fill("");
  ordered.forEach((members, index) => members.forEach((item) => (letters[item] = (letters[item] ?? "") + letter(index))));
  return letters;
}

/** Letters of a display, one by one: beyond the alphabet they carry a number. */
export function splitLetters(letters: string): string[] {
  return letters.match(/[a-z]\d*/gi) ?? [];
}

/** The two items and, in their order, all others that are alike to everything in the group so far. */
function grow(alike: readonly Uint32Array[], a: number, b: number): Uint32Array {
  const candidates = Uint32Array.from(alike[a] ?? []);
  intersect(candidates, alike[b]);
  const group = new Uint32Array(candidates.length);
  for (const item of [a, b]) add(group, item);
  for (let word = 0; word < candidates.length; word++) {
    for (let bit = 0; bit < 32; bit++) {
      const item = 32 * word + bit;
      if (!has(candidates, item)) continue;
      add(group, item);
      intersect(candidates, alike[item]);
    }
  }
  return group;
}

function bitsOf(count: number, isIn: (item: number) => boolean): Uint32Array {
  const bits = new Uint32Array(Math.ceil(count / 32));
  for (let item = 0; item < count; item++) if (isIn(item)) add(bits, item);
  return bits;
}

function has(bits: Uint32Array | undefined, item: number): boolean {
  return (((bits?.[item >> 5] ?? 0) >>> (item & 31)) & 1) === 1;
}

function add(bits: Uint32Array, item: number): void {
  bits[item >> 5] = (bits[item >> 5] ?? 0) | (1 << (item & 31));
}

function intersect(bits: Uint32Array, other: Uint32Array | undefined): void {
  for (let word = 0; word < bits.length; word++) bits[word] = (bits[word] ?? 0) & (other?.[word] ?? 0);
}

function unite(bits: Uint32Array | undefined, other: Uint32Array): void {
  if (bits) for (let word = 0; word < bits.length; word++) bits[word] = (bits[word] ?? 0) | (other[word] ?? 0);
}

function membersOf(bits: Uint32Array): number[] {
  const members: number[] = [];
  for (let item = 0; item < 32 * bits.length; item++) if (has(bits, item)) members.push(item);
  return members;
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
