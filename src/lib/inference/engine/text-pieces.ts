import type { Steps } from "../../base/slices/slices.js";

/** A piece takes llama.cpp a few milliseconds. */
const PIECE_CHARACTERS = 4096;
/** llama.cpp looks for every special token in all that follows each one, so that many in one text take quadratic time. */
const PIECE_NAMES = 32;
/** Without any boundary of words, a text is cut after so many characters: it is the same text, in a token more or less. */
const LONGEST_STRETCH = 8192;

/** The names of a vocabulary's special tokens that may stand in a text. */
export interface TokenNames {
  /** Finds them, the longest first; global. */
  pattern: RegExp;
  /** Characters of the longest. */
  longest: number;
}

/** What is known of how a vocabulary splits texts into words. */
export interface WordBoundaries {
  /**
   * What a piece after the boundary before a single space begins with for the same tokens: the space, or the word, where the tokenizer
   * puts a space in front itself. Undefined where neither gives the same.
   */
  space: "kept" | "dropped" | undefined;
  /** Words also end at line ends and before single punctuation marks, as with all byte-level vocabularies. */
  punctuation: boolean;
}

/**
 * Cuts a text into pieces whose tokens, one after the other, are the tokens of the whole: before special tokens and at boundaries of words.
 */
export function* textPieces(text: string, names: TokenNames | undefined, boundaries: WordBoundaries): Generator<string> {
  let from = 0;
  while (from < text.length) {
    const to = pieceEnd(text, from, names, boundaries);
    const dropped = from > 0 && boundaries.space === "dropped" && isBeforeSpace(text, from);
    yield text.slice(dropped ? from + 1 : from, to);
    from = to;
  }
}

/** A text with a mark in every name of a token in it, so that none is read as that token. */
export function* breakNames(text: string, { pattern, longest }: TokenNames, mark: string): Steps<string> {
  let broken = "";
  for (let from = 0; from < text.length;) {
    const window = text.slice(from, from + PIECE_CHARACTERS + longest);
    let done = 0;
    for (const { index, name } of namesIn(window, pattern)) {
      if (index >= PIECE_CHARACTERS) break;
      broken += window.slice(done, index) + name.slice(0, 1) + mark + name.slice(1);
      done = index + name.length;
    }
    const end = Math.min(window.length, Math.max(PIECE_CHARACTERS, done));
    broken += window.slice(done, end);
    from += end;
    yield;
  }
  return broken;
}

/** Finds names, the longest first; undefined where there are none. */
export function tokenNames(names: readonly string[]): TokenNames | undefined {
  if (names.length === 0) return undefined;
  const longestFirst = [...names].sort((a, b) => b.length - a.length);
  const source = longestFirst.map((name) => name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("|");
  return { pattern: new RegExp(source, "g"), longest: longestFirst[0]?.length ?? 0 };
}

function pieceEnd(text: string, from: number, names: TokenNames | undefined, boundaries: WordBoundaries): number {
  const window = text.slice(from, from + PIECE_CHARACTERS + (names?.longest ?? 0));
  const found = names ? [...namesIn(window, names.pattern)] : [];
  const afterMany = found[PIECE_NAMES];
  if (afterMany && afterMany.index < PIECE_CHARACTERS) return from + afterMany.index;
  if (text.length - from <= PIECE_CHARACTERS) return text.length;
  const isInName = (at: number) => found.some(({ index, name }) => at > from + index && at < from + index + name.length);
  for (let at = from + PIECE_CHARACTERS; at > from + PIECE_CHARACTERS / 2; at--) {
    if (isBoundary(text, at, boundaries) && !isInName(at)) return at;
  }
  const name = found.findLast(({ index }) => index > 0 && index < PIECE_CHARACTERS);
  return name ? from + name.index : stretchEnd(text, from, names, boundaries);
}

/** The end of a piece without a boundary near its end: the next one, or where it becomes too long. */
function stretchEnd(text: string, from: number, names: TokenNames | undefined, boundaries: WordBoundaries): number {
  const end = Math.min(text.length, from + LONGEST_STRETCH);
  const begin = from + PIECE_CHARACTERS;
  const [name] = names ? namesIn(text.slice(begin, end + names.longest), names.pattern) : [];
  const until = name ? begin + name.index : end;
  for (let at = begin; at < until; at++) if (isBoundary(text, at, boundaries)) return at;
  return until < text.length && /[\uDC00-\uDFFF]/.test(text.charAt(until)) ? until - 1 : until;
}

function* namesIn(window: string, pattern: RegExp): Generator<{ index: number; name: string }> {
  for (const match of window.matchAll(pattern)) yield { index: match.index, name: match[0] };
}

const WORD = /^[\p{L}\p{N}]$/u;
/** Not apostrophes, which some vocabularies join with what stands before them. */
const MARK = /^[^\s\p{L}\p{N}\p{M}\p{C}'’]$/u;

function isBoundary(text: string, at: number, { space, punctuation }: WordBoundaries): boolean {
  if (space !== undefined && isBeforeSpace(text, at)) return true;
  if (!punctuation) return false;
  const [before, here, after] = [text.charAt(at - 1), text.charAt(at), text.charAt(at + 1)];
  if (before === "\n") return WORD.test(here);
  return WORD.test(before) && MARK.test(here) && WORD.test(after);
}

/** Whether a single space before a word begins here. */
function isBeforeSpace(text: string, at: number): boolean {
  return text.charAt(at) === " " && /^\S$/.test(text.charAt(at - 1)) && WORD.test(text.charAt(at + 1));
}
