const WORD = /[\p{L}\p{M}\p{N}_]/u;
const LETTER = /[\p{L}\p{M}]/u;
const HEBREW = /\p{sc=Hebr}/u;
const DIGIT = /\p{Nd}/u;
/** Punctuation, as Unicode has it, that means something by itself. */
const MEANINGFUL = /[#%&@*/\\§¶†‡‰‱′″‴٪؉؊[\]{}]/u;
const PUNCTUATION = /\p{P}/u;
/** Marks that Armenian writes inside the word they stress or ask. */
const INSIDE_WORDS = /[\u055b\u055c\u055e]/;
const GROUPED = /^\d{1,3}(?:,\d{3})+(?:\.\d+)?$|^\d{1,2}(?:,\d{2})*,\d{3}(?:\.\d+)?$|^\d+,\d+$|^\d{1,3}(?:\.\d{3})+,\d+$/;

/**
 * What becomes of one character that is part of no word: itself where it is a symbol, a sign or decimal point of a number, or an
 * apostrophe; a space (or nothing, for an Armenian stress) where it is only the punctuation of a sentence.
 */
export function keptMark(mark: string, text: string, at: number): string {
  if (!PUNCTUATION.test(mark) || MEANINGFUL.test(mark)) return mark;
  if (INSIDE_WORDS.test(mark)) return "";
  const before = previous(text, at);
  const after = next(text, at + mark.length);
  if (mark === "-") return keptDash(before, after, text.slice(at + 1));
  if (DIGIT.test(before) && DIGIT.test(after)) return keptBetweenDigits(mark, text, at);
  return isJoining(mark, before, after) || isLeading(mark, before, after) || isInOperator(mark, after) ? mark : " ";
}

/** Apostrophes, quotation marks of Hebrew abbreviations, and the Catalan point of col·lapse. */
function isJoining(mark: string, before: string, after: string): boolean {
  if (mark === "'") return WORD.test(before) && WORD.test(after);
  if (mark === '"') return HEBREW.test(before) && HEBREW.test(after);
  return mark === "·" && LETTER.test(before) && LETTER.test(after);
}

/** .5 .NET !important */
function isLeading(mark: string, before: string, after: string): boolean {
  return (mark === "." || mark === "!") && WORD.test(after) && (before === "" || /[\s\p{Sc}(+-]/u.test(before));
}

/** != := ?= */
function isInOperator(mark: string, after: string): boolean {
  return /[.!?:;,]/.test(mark) && /[=<>]/.test(after);
}

/** A sign before a number, a range between two, a charge after a word; between letters (well-known) and between words it is a space. */
function keptDash(before: string, after: string, rest: string): string {
  if (LETTER.test(before) && WORD.test(after)) return " ";
  if (/\s/.test(before) || before === "") return /^\s+\p{L}/u.test(rest) ? " " : "-";
  if (DIGIT.test(before) && LETTER.test(after)) return " ";
  return "-";
}

function keptBetweenDigits(mark: string, text: string, at: number): string {
  if (mark !== ",") return /[.:'٫٬]/.test(mark) ? mark : " ";
  let [start, end] = [at, at + 1];
  while (/[\d.,]/.test(text[start - 1] ?? "")) start--;
  while (/[\d.,]/.test(text[end] ?? "")) end++;
  return GROUPED.test(text.slice(start, end).replace(/[.,]+$/, "")) || !/\d/.test(text[at - 1] ?? "") ? mark : " ";
}

/** The character that ends before a place, "" at the beginning. */
export function previous(text: string, at: number): string {
  const unit = text.charCodeAt(at - 1);
  return unit >= 0xdc00 && unit <= 0xdfff && at > 1 ? text.slice(at - 2, at) : text.slice(Math.max(0, at - 1), at);
}

/** The character that begins at a place, "" at the end. */
export function next(text: string, at: number): string {
  const code = text.codePointAt(at);
  return code === undefined ? "" : String.fromCodePoint(code);
}
