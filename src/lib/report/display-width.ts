import { ANY_COLOR, withoutColors } from "./own-colors.js";
import { visibleLine, visibleText } from "./visible-text.js";

/** Printable ASCII and Latin-1, of which every character is a column; without the soft hyphen, which is not drawn. */
const PLAIN = /^[ -~\u00a1-\u00ac\u00ae-\u00ff]*$/;
/** East Asian wide and fullwidth characters (Unicode Standard Annex 11). */
const WIDE =
  /^[\u1100-\u115f\u231a\u231b\u2329\u232a\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe10-\ufe19\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{16fe0}-\u{18cff}\u{1aff0}-\u{1b2ff}\u{1f200}-\u{1f2ff}\u{20000}-\u{3fffd}]/u;
const EMOJI = /^\p{Emoji_Presentation}|^\p{Emoji}\ufe0f|^\p{Regional_Indicator}/u;
/** Marks over letters, what is not drawn, and vowels and ends within a Hangul syllable. */
const INVISIBLE = /^[\p{Mn}\p{Me}\p{Cc}\p{Cf}\p{Zl}\p{Zp}\u1160-\u11ff]$/u;
const ELLIPSIS = "…";
const TAB = "    ";
/** How much further in than its name a meaning stands that has no room beside it. */
const MEANING = 4;

const COLORED = new RegExp(`^((?:${ANY_COLOR})*)(.*?)((?:${ANY_COLOR})*)$`, "s");

/** Columns a terminal needs for a line as it is shown: two for wide characters and emoji, none for marks and colors of our own. */
export function displayWidth(text: string): number {
  const bare = withoutColors(visibleLine(text));
  if (PLAIN.test(bare)) return bare.length;
  return graphemes(bare).reduce((sum, one) => sum + graphemeWidth(one), 0);
}

/** The text in at most `width` columns, the middle left out: beginnings and ends of names tell them apart. Colors of our own around it stay. */
export function shortenMiddle(text: string, width: number): string {
  if (displayWidth(text) <= width) return text;
  const [, open = "", body = "", close = ""] = COLORED.exec(visibleLine(text)) ?? [];
  const units = graphemes(withoutColors(body));
  const room = Math.max(0, width - 1);
  const head = takeWidth(units, Math.ceil(room / 2));
  const tail = takeWidth(units.slice(head.length).reverse(), room - Math.ceil(room / 2)).reverse();
  return `${open}${head.join("")}${width > 0 ? ELLIPSIS : ""}${tail.join("")}${close}`;
}

/**
 * A line in lines of at most `width` columns, broken between words; only a word that is longer is cut. What follows stands under the
 * line's own beginning, `hanging` columns further in.
 */
export function wrapLine(line: string, width: number, hanging = 0): string[] {
  if (displayWidth(line) <= width) return [line];
  const own = /^ */.exec(line)?.[0] ?? "";
  const indent = " ".repeat(Math.min(own.length + hanging, Math.floor(width / 2)));
  const lines: string[] = [];
  let current = indent.slice(0, own.length);
  let isEmpty = true;
  for (const word of line
    .trim()
    .split(/ +/)
    .flatMap((text) => cutWord(text, Math.max(1, width - indent.length)))) {
    if (!isEmpty && displayWidth(current) + 1 + displayWidth(word) > width) {
      lines.push(current);
      [current, isEmpty] = [indent, true];
    }
    current += isEmpty ? word : ` ${word}`;
    isEmpty = false;
  }
  return [...lines, current];
}

/** Prose of several lines, none wider than `width`; nothing is broken where there is no limit. Tabs become spaces, as far as they are to be counted. */
export function wrapProse(text: string, width: number): string {
  if (!Number.isFinite(width)) return visibleText(text);
  return visibleText(text)
    .replaceAll("\t", TAB)
    .split("\n")
    .flatMap((line) => wrapColumns(line, width))
    .join("\n");
}

/** A line in lines of at most `width` columns; where it is a name and what it means, with a gap between, the meaning stays in its column. */
function wrapColumns(line: string, width: number): string[] {
  if (displayWidth(line) <= width) return [line];
  const indent = leadingSpaces(line);
  const [, name, gap = "", meaning = ""] = /^( *\S(?:.*?\S)??)( {2,})(\S.*)$/s.exec(line) ?? [];
  if (name === undefined || indent + MEANING > width / 2 || displayWidth(name) > width) return wrapLine(line, width, indent > 0 ? 2 : 0);
  const start = displayWidth(name) + gap.length;
  if (start > width / 2) return [name, ...under(indent + MEANING, meaning, width)];
  const [first = "", ...more] = under(start, meaning, width);
  return [`${name}${gap}${first.trimStart()}`, ...more];
}

function under(start: number, text: string, width: number): string[] {
  return wrapLine(text, width - start).map((line) => `${" ".repeat(start)}${line}`);
}

function leadingSpaces(line: string): number {
  return line.length - line.trimStart().length;
}

/** A cell in lines of at most `width` columns, each in the cell's own color. */
export function wrapCell(text: string, width: number): string[] {
  const [, open = "", body = "", close = ""] = COLORED.exec(text) ?? [];
  return wrapLine(body, width).map((line) => `${open}${line}${close}`);
}

function cutWord(word: string, width: number): string[] {
  if (displayWidth(word) <= width) return [word];
  const pieces: string[] = [];
  // colors inside a word that has to be cut are lost: they could not be told from its letters
  let rest = graphemes(withoutColors(word));
  while (rest.length > 0) {
    const piece = takeWidth(rest, width);
    const taken = piece.length > 0 ? piece : rest.slice(0, 1);
    pieces.push(taken.join(""));
    rest = rest.slice(taken.length);
  }
  return pieces;
}

function takeWidth(units: readonly string[], width: number): string[] {
  let used = 0;
  const end = units.findIndex((one) => (used += graphemeWidth(one)) > width);
  return units.slice(0, end < 0 ? units.length : end);
}

/** Made when it is needed, which takes a while, and seldom is. */
let segmenter: Intl.Segmenter | undefined;

function graphemes(text: string): string[] {
  segmenter ??= new Intl.Segmenter(undefined, { granularity: "grapheme" });
  return Array.from(segmenter.segment(text), ({ segment }) => segment);
}

/** As terminals count: marks that are drawn over a letter take no column, those beside it one. */
function graphemeWidth(grapheme: string): number {
  if (EMOJI.test(grapheme)) return 2;
  // a skin tone without an emoji before it is a picture of its own, also where it joins a space
  return Array.from(grapheme).reduce((sum, one) => sum + (INVISIBLE.test(one) ? 0 : WIDE.test(one) || EMOJI.test(one) ? 2 : 1), 0);
}
