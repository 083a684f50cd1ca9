import { isAscii } from "./canonical.js";
import { isUnspaced } from "./normalize.js";

const HAN_KANA_HANGUL = "\\p{sc=Han}\\p{sc=Hira}\\p{sc=Kana}\\p{sc=Hang}\\u30fc";
const SOUTHEAST_ASIAN = "\\p{sc=Thai}\\p{sc=Lao}\\p{sc=Khmr}\\p{sc=Mymr}";
const TOKEN = new RegExp(`[${HAN_KANA_HANGUL}]\\p{M}*|[${SOUTHEAST_ASIAN}]+|[^\\s${HAN_KANA_HANGUL}${SOUTHEAST_ASIAN}]+`, "gu");
const DICTIONARY_SCRIPT = new RegExp(`[${SOUTHEAST_ASIAN}]`, "u");

const byWord = new Intl.Segmenter("en", { granularity: "word" });
const byGrapheme = new Intl.Segmenter("en", { granularity: "grapheme" });

/**
 * The tokens of a normalized text for measures of overlap: what stands between spaces; in Chinese, Japanese and Korean every
 * character (as CMRC, JSQuAD and KorQuAD have it), in Thai, Lao, Khmer and Burmese the words of Unicode's dictionaries.
 */
export function tokensOf(normalized: string): string[] {
  if (isAscii(normalized)) return normalized === "" ? [] : normalized.split(" ");
  const tokens = normalized.match(TOKEN) ?? [];
  return tokens.flatMap((token) => (DICTIONARY_SCRIPT.test(token) ? segments(byWord, token) : [token]));
}

/** The number of words in a text: what stands between white space, and by Unicode's dictionaries in scripts without spaces. */
export function countAllWords(text: string): number {
  const parts = text.split(/\s+/).filter((part) => part !== "");
  if (isAscii(text)) return parts.length;
  return parts.reduce((sum, part) => sum + (isUnspaced(part) ? wordLike(part) : 1), 0);
}

/** The characters of a text as readers see them: an emoji or a letter with its marks is one. */
export function graphemesOf(text: string): string[] {
  const lines = text.replaceAll("\r\n", "\n");
  return isAscii(lines) ? lines.split("") : segments(byGrapheme, lines);
}

function wordLike(text: string): number {
  let count = 0;
  for (const { isWordLike } of byWord.segment(text)) if (isWordLike) count++;
  return Math.max(1, count);
}

function segments(segmenter: Intl.Segmenter, text: string): string[] {
  return Array.from(segmenter.segment(text), ({ segment }) => segment);
}
