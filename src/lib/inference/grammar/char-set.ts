import { escapeCharacter } from "./rules.js";

/** Code points, as ranges in order that neither overlap nor touch. */
export type CharSet = readonly (readonly [from: number, to: number])[];

const LAST = 0x10ffff;

/** Every character. */
export const ALL: CharSet = [[0, LAST]];

/** The set of these ranges; a single number is a range of one. */
export function charSet(...ranges: (number | readonly [number, number])[]): CharSet {
  const sorted = ranges
    .map((one): [number, number] => (typeof one === "number" ? [one, one] : [one[0], one[1]]))
    .sort((a, b) => a[0] - b[0]);
  const out: [number, number][] = [];
  for (const [from, to] of sorted) {
    const last = out.at(-1);
    if (last && from <= last[1] + 1) last[1] = Math.max(last[1], to);
    else out.push([from, to]);
  }
  return out;
}

/** The characters of a text. */
export function charactersOf(text: string): CharSet {
  return charSet(...Array.from(text, (character) => character.codePointAt(0) as number));
}

export function unite(...sets: readonly CharSet[]): CharSet {
  return charSet(...sets.flat());
}

/** What is not in the set. */
export function negate(set: CharSet): CharSet {
  const out: [number, number][] = [];
  let next = 0;
  for (const [from, to] of set) {
    if (from > next) out.push([next, Math.min(from - 1, LAST)]);
    next = to + 1;
  }
  if (next <= LAST) out.push([next, LAST]);
  return out;
}

export function intersect(a: CharSet, b: CharSet): CharSet {
  const out: [number, number][] = [];
  for (let i = 0, j = 0; i < a.length && j < b.length;) {
    const [one, other] = [a[i] as [number, number], b[j] as [number, number]];
    const [from, to] = [Math.max(one[0], other[0]), Math.min(one[1], other[1])];
    if (from <= to) out.push([from, to]);
    if (one[1] < other[1]) i++;
    else j++;
  }
  return out;
}

/** Whether the character is in the set. */
export function contains(set: CharSet, code: number): boolean {
  return set.some(([from, to]) => from <= code && code <= to);
}

export function isAll(set: CharSet): boolean {
  return set.length === 1 && set[0]?.[0] === 0 && set[0][1] === LAST;
}

/** The only character of the set, or undefined. */
export function onlyOf(set: CharSet): number | undefined {
  const [first, ...others] = set;
  return first && others.length === 0 && first[0] === first[1] ? first[0] : undefined;
}

/**
 * The set as a GBNF class. It names what is left out where that is shorter, but only of ASCII: llama.cpp refuses a token that ends within
 * a character where any of the characters it may become is left out.
 */
export function toClass(set: CharSet): string {
  const out = negate(set);
  const isPlain = out.every(([, to]) => to < 0x80);
  return isPlain && out.length > 0 && out.length < set.length ? `[^${ranges(out)}]` : `[${ranges(set)}]`;
}

function ranges(set: CharSet): string {
  const range = ([from, to]: readonly [number, number]) => {
    if (from === to) return escapeCharacter(from);
    return `${escapeCharacter(from)}${to === from + 1 ? "" : "-"}${escapeCharacter(to)}`;
  };
  return set.map(range).join("");
}
