import { canonicalise, foldCase, isAscii, type CaseFolding } from "./canonical.js";
import { keptMark } from "./sentence-marks.js";
import { remembered } from "./remembered.js";

const FENCE = /^[^\S\n]*(?:```|~~~)[^\n`]*$/gm;
const EMPHASIS = /(?<![\p{L}\p{N}*])(\*{1,3}|`{1,2})(?=[^\s*`])([^*`\n]*[^\s*`])\1(?![\p{L}\p{N}*])/gu;
const ACRONYM = /(?<![\p{L}\p{N}\p{M}.])\p{L}(?:\.\p{L})+\.?(?![\p{L}\p{M}\p{N}])/gu;
/** Everything that is neither part of a word nor white space. */
const MARK = /[^\p{L}\p{M}\p{N}\s_]/gu;
const ASCII_MARK = /[^A-Za-z0-9\s_]/g;
const CONTENT = /[\p{L}\p{N}\p{So}]/u;
const LEADING_ARTICLE = /^(?:a|an|the) (?=\p{L}{2})/u;
/** Scripts that have no spaces between words. */
const UNSPACED = "\\p{sc=Han}\\p{sc=Hira}\\p{sc=Kana}\\p{sc=Thai}\\p{sc=Lao}\\p{sc=Khmr}\\p{sc=Mymr}\\p{sc=Tibt}\\u30fc";
const UNSPACED_LETTER = new RegExp(`[${UNSPACED}]`, "u");
const LOOSE_SPACE = new RegExp(` +(?=[${UNSPACED}])|(?<=[${UNSPACED}]) +`, "gu");

/**
 * A text as scorers compare it: in one form of Unicode, lower case, white space collapsed, without the marks of sentences
 * (full stops, commas, quotation marks, round brackets) and Markdown's emphasis. What may be the answer stays: signs and decimal
 * points of numbers, combining marks, symbols, emoji. A text that would be empty is left as it is.
 */
export function normalize(text: string, fold: CaseFolding = foldCase): string {
  return fold === foldCase ? normalizePlainly(text) : reduce(text, fold);
}

const normalizePlainly = remembered((text) => reduce(text, foldCase), 256);

function reduce(text: string, fold: CaseFolding): string {
  const canonical = fold(canonicalise(text));
  if (!hasContent(canonical)) return onlySymbols(canonical) || text;
  const bare = /[*`~]/.test(canonical) ? canonical.replace(FENCE, " ").replace(EMPHASIS, "$2").replace(EMPHASIS, "$2") : canonical;
  const joined = bare.includes(".") ? bare.replace(ACRONYM, (letters) => letters.replaceAll(".", "")) : bare;
  const marks = isAscii(joined) ? ASCII_MARK : MARK;
  const words = joined.replace(marks, (mark, at: number) => keptMark(mark, joined, at));
  return collapse(words).replace(/(?<=\d) - (?=\d)/g, "-") || collapse(canonical);
}

/** Whether a text has a letter, a digit or a picture. */
export function hasContent(text: string): boolean {
  return CONTENT.test(text);
}

/** A text with all its marks, but in one form of Unicode, case and white space: for what is itself a mark. */
export function withAllMarks(text: string, fold: CaseFolding): string {
  return collapse(fold(canonicalise(text)));
}

/** A text without a letter, digit or picture is compared as it stands, but for a full stop at its end. */
function onlySymbols(canonical: string): string {
  const whole = collapse(canonical);
  return whole.replace(/(?<=[^.])\.$/, "").trim() || whole;
}

function collapse(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}

/** Without the English article it begins with, if a word of two letters or more follows: The Who is Who. */
export function withoutArticle(normalized: string): string {
  return normalized.replace(LEADING_ARTICLE, "");
}

/** Whether scripts without spaces between words occur. */
export function isUnspaced(text: string): boolean {
  return !isAscii(text) && UNSPACED_LETTER.test(text);
}

/** Without the spaces beside letters of scripts that need none: 2024 年 is 2024年. */
export function withoutLooseSpaces(normalized: string): string {
  return isUnspaced(normalized) ? normalized.replace(LOOSE_SPACE, "") : normalized;
}
