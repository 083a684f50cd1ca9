import { ALL, charactersOf, charSet, type CharSet } from "./char-set.js";

/** A regular language over characters. */
export type Pattern =
  | { kind: "set"; set: CharSet }
  | { kind: "sequence"; parts: readonly Pattern[] }
  | { kind: "choice"; options: readonly Pattern[] }
  | { kind: "repeat"; of: Pattern; min: number; max: number | undefined }
  | { kind: "ahead"; of: Pattern; negative: boolean };

/** What stands for the beginning and the end of a text, where assertions are read as characters. */
export const BEGIN: CharSet = [[0x120000, 0x120000]];
export const END: CharSet = [[0x130000, 0x130000]];

export const EMPTY: Pattern = { kind: "sequence", parts: [] };
/** What no text is. */
export const NEVER: Pattern = { kind: "choice", options: [] };
export const DIGIT: Pattern = oneOf(charSet([0x30, 0x39]));
export const ANY_TEXT: Pattern = repeat(oneOf(ALL), 0);

export function oneOf(set: CharSet): Pattern {
  return { kind: "set", set };
}

export function text(characters: string): Pattern {
  return sequence(...Array.from(characters, (character) => oneOf(charactersOf(character))));
}

export function sequence(...parts: readonly Pattern[]): Pattern {
  const [only, ...others] = parts;
  return only && others.length === 0 ? only : { kind: "sequence", parts };
}

export function choice(...options: readonly Pattern[]): Pattern {
  const [only, ...others] = options;
  return only && others.length === 0 ? only : { kind: "choice", options };
}

/** So many of it; without `max` any number from `min`. */
export function repeat(of: Pattern, min: number, max?: number): Pattern {
  return { kind: "repeat", of, min, max };
}

export function optional(of: Pattern): Pattern {
  return repeat(of, 0, 1);
}
