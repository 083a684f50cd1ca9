import { next, previous } from "./sentence-marks.js";

const WORD = /[\p{L}\p{M}\p{N}_\u200c\u200d]/u;
const SYMBOL = /[\p{Sm}\p{Sc}\p{Sk}#*%&@/\\^-]/u;
const LETTER = /[\p{L}\p{M}]/u;
const DIGIT = /\p{Nd}/u;
const UNSPACED = /[\p{sc=Han}\p{sc=Hira}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmr}\p{sc=Mymr}\p{sc=Tibt}]/u;
const KATAKANA = /[\p{sc=Kana}\u30fc]/u;
const HAN_NUMERAL = /[〇零一二三四五六七八九十百千万萬億亿兆两]/u;
const HANGUL = /\p{sc=Hang}/u;
/** What never begins a character that is seen: marks, joiners, skin tones, tags of flags. */
const CONTINUES = /[\p{M}\p{EMod}\u200d\u{e0020}-\u{e007f}]/u;
const FLAG_LETTER = /\p{RI}/u;
/** Particles and forms of "to be" that Korean writes onto the word, one or several. */
const KOREAN_ENDING =
  /^(?:은|는|이|가|을|를|의|에|에게|에서|께|께서|로|으로|와|과|도|만|부터|까지|보다|처럼|같이|마다|조차|밖에|이나|나|이랑|랑|하고|이며|며|이고|고|인|이라|라|이란|란|라고|이라고|라는|이라는|이라면|이다|다|이었다|였다|이에요|예요|이야|야|이지|지|이죠|죠|입니다|입니까|이었습니다|였습니다|이었어요|였어요|임|일|이므로|이지만|지만|이라서|라서|인데|이요|요|씨|님|시|도시|특별시|광역시|에는|에도|에서는|에서도|으로는|로는|으로서|로서|으로써|로써|에게는|한테|뿐|들|쯤|당|등)+(?!\p{sc=Hang})/u;

/** How often a word (or several, with single spaces) occurs in a text as whole words; both normalized. */
export function countWords(text: string, wanted: string): number {
  let count = 0;
  if (wanted === "") return 0;
  for (let at = text.indexOf(wanted); at >= 0;) {
    const end = at + wanted.length;
    const whole = beginsAt(text, at, wanted) && endsAt(text, end, wanted);
    if (whole) count++;
    at = text.indexOf(wanted, whole ? end : at + 1);
  }
  return count;
}

/** Whether it occurs at all. */
export function hasWords(text: string, wanted: string): boolean {
  return countWords(text, wanted) > 0;
}

function beginsAt(text: string, at: number, wanted: string): boolean {
  const before = previous(text, at);
  const first = next(wanted, 0);
  if (before === "") return true;
  if (CONTINUES.test(first) || before === "\u200d") return false;
  if (FLAG_LETTER.test(first)) return flagLettersBefore(text, at) % 2 === 0;
  if (first === "-") return !WORD.test(before) && before !== "-";
  return (!DIGIT.test(first) || beginsNumber(before, text, at)) && isBoundary(before, first);
}

/** Not after a sign (which the hyphen of 3-5 is not), a decimal point, or another part of the number. */
function beginsNumber(before: string, text: string, at: number): boolean {
  const earlier = previous(text, at - before.length);
  if (before === "-") return WORD.test(earlier);
  if (before === "." && (earlier === "" || /[\s+-]/.test(earlier))) return false;
  return !isInsideNumber(before, earlier, text, at);
}

function endsAt(text: string, end: number, wanted: string): boolean {
  const after = next(text, end);
  const last = previous(wanted, wanted.length);
  if (after === "") return true;
  if (CONTINUES.test(after) || last === "\u200d") return false;
  if (FLAG_LETTER.test(last) && FLAG_LETTER.test(after)) return true;
  if (HANGUL.test(last) && HANGUL.test(after)) return KOREAN_ENDING.test(text.slice(end, end + 24));
  const later = next(text, end + after.length);
  if (DIGIT.test(last) && isInsideNumber(after, later, text, end)) return false;
  return !isMarkOfWord(last, after, later) && isBoundary(last, after);
}

/** The mark after a letter that makes another name of it: C is not in C++ or C#, A not in A+; but it is in A+B. */
function isMarkOfWord(last: string, after: string, later: string): boolean {
  return LETTER.test(last) && /[+#*-]/.test(after) && !/[\p{L}\p{N}]/u.test(later);
}

/** Whether a mark beside a digit, with what is beyond it, carries the number on: 3.14, 12:30, 1'234, 3/4 (but not the dates 1/2/2020). */
function isInsideNumber(mark: string, beyond: string, text: string, at: number): boolean {
  if (!DIGIT.test(beyond)) return false;
  if (mark === "/") return !/\d+\/\d+\/\d+/.test(text.slice(Math.max(0, at - 10), at + 10));
  return /[.,:'٫٬]/.test(mark);
}

/** Whether a word can end or begin between two characters. */
function isBoundary(left: string, right: string): boolean {
  if (SYMBOL.test(left) && SYMBOL.test(right)) return false;
  if (!WORD.test(left) || !WORD.test(right)) return true;
  const both = (kind: RegExp) => kind.test(left) && kind.test(right);
  const one = (kind: RegExp) => kind.test(left) !== kind.test(right);
  if (CONTINUES.test(right) || both(KATAKANA) || both(HAN_NUMERAL)) return false;
  return UNSPACED.test(left) || UNSPACED.test(right) || one(KATAKANA) || one(HANGUL);
}

function flagLettersBefore(text: string, at: number): number {
  let count = 0;
  for (let end = at; FLAG_LETTER.test(previous(text, end)); end -= 2) count++;
  return count;
}
