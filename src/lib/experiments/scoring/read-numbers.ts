import { add, divide, multiply, negate, parseDecimal, type Rational } from "./rational.js";
import { RUN, readRun, type Ambiguous, type Readings } from "./read-run.js";
import { scaleAfter, scaleBefore } from "./number-scale.js";

/** A number of a text. */
export interface ReadNumber {
  /** What it may be; more than one where its separators can be read in two ways. */
  values: Rational[];
  /** What a percent sign or a word such as "million" after it multiplies it by. */
  scale?: Rational;
  /** It hangs on a word by a hyphen or a full stop, or is written behind what may be a preposition: the 7 of Option-7, of לـ7. */
  attached: boolean;
}

/** Dates, times, ratios, versions and addresses, which have digits and are not numbers. */
const NOT_A_NUMBER = new RegExp(
  [
    String.raw`\d{4}([-/.])\d{1,2}\1\d{1,2}(?:T[\d:.]+)?(?![\d/])`,
    String.raw`\d{1,2}([-/])\d{1,2}\2\d{2,4}(?![\d/])`,
    String.raw`\d{1,2}\.\d{1,2}\.(?:\d{4}|\d{2})(?!\d)`,
    String.raw`\d+(?::\d+)+(?:\.\d+)?`,
  ].join("|"),
  "y",
);
const E_NOTATION = /[eE]([+-]?\d+)(?![\p{L}\d])/uy;
const POWER_OF_TEN = /\s?[\u00d7x*\u00b7\u22c5]\s?10\s?(?:\^|\*\*)\s?[{(]?\s?([+-]?\d+)[})]?/y;
const TEN_TO_THE = /10\s?\^\s?[{(]?\s?([+-]?\d+)[})]?/y;
const FRACTION = /\s?\/\s?(\d+(?:[.,]\d+)?)(?![\d/])/y;
const MIXED = / (\d+)\s?\/\s?(\d+)(?![\d/])/y;
/** A letter of a script that has spaces between words. */
const LETTER = /[^\P{L}\p{sc=Han}\p{sc=Hira}\p{sc=Kana}\p{sc=Hang}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmr}\p{sc=Mymr}\u30fc]/u;

/** Digits within a word, with what belongs to them: the 2 of H2O, the 1.5 of v1.5. */
const DIGITS = /\d+(?:[.,]\d+)*/y;
/** What ends in a letter of Latin, Greek or Cyrillic, or in an index such as x_, and is neither a currency nor a command of LaTeX. */
const WORD_BEFORE = /(?:[\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}]\p{M}*|[\p{L}\d]_+)$/u;
const COMMAND_BEFORE = /\\[A-Za-z]+$/;
const CURRENCY_BEFORE = /(?<![\p{L}\d])(\p{Lu}{3}|Rs|Fr|kr|zł)$/u;
const CURRENCIES = new Set(Intl.supportedValuesOf("currency"));

/** The numbers of a text in plain numerals, in their order. Digits behind a letter are part of its word: H2O, Q3 and v1.5 have no number. */
export function readNumbers(text: string, ambiguous: Ambiguous): ReadNumber[] {
  const numbers: ReadNumber[] = [];
  const runs = new RegExp(RUN);
  for (let match = runs.exec(text); match; match = runs.exec(text)) {
    const date = sticky(NOT_A_NUMBER, text, match.index);
    if (date) {
      runs.lastIndex = date.end;
      continue;
    }
    if (isInWord(text, match.index)) {
      runs.lastIndex = sticky(DIGITS, text, match.index)?.end ?? match.index + 1;
      continue;
    }
    const { found, end } = readAt(text, { start: match.index, run: match[0] }, ambiguous);
    numbers.push(...found);
    runs.lastIndex = end;
  }
  return numbers;
}

/** The numbers of one run; what follows it (an exponent, a denominator, a percent sign) belongs to the last. */
function readAt(text: string, { start, run }: { start: number; run: string }, ambiguous: Ambiguous): { found: ReadNumber[]; end: number } {
  const { negative, attached } = lookBefore(text, start);
  const power = sticky(TEN_TO_THE, text, start);
  const point = text[start - 1] === "." && /^\d+$/.test(run) && !/[\p{L}\d.]/u.test(text[start - 2] ?? " ");
  const readings = power ? [["1"]] : point ? [[`0.${run}`]] : readRun(run, ambiguous);
  const after = power
    ? { end: power.end, finish: (value: Readings[number]) => parseDecimal(value, Number(power.match[1])) }
    : lookAfter(text, start + run.length, run);
  const scale = scaleAfter(text, after.end) ?? scaleBefore(text, start);
  const found = readings.flatMap((reading, i) => {
    const isLast = i === readings.length - 1;
    const values = reading.flatMap((decimal) => (isLast ? after.finish(decimal) : parseDecimal(decimal)) ?? []);
    const signed = negative && i === 0 ? values.map(negate) : values;
    if (values.length === 0) return [];
    return [{ values: signed, attached: attached && i === 0, ...(isLast && scale && { scale: scale.factor }) }];
  });
  return { found, end: Math.max(after.end, start + run.length, scale?.end ?? 0) };
}

/** Whether the digits at `start` are part of the word before them: not those of US$5, USD5, \approx5 and _5_. */
function isInWord(text: string, start: number): boolean {
  const before = text.slice(Math.max(0, start - 24), start);
  if (!WORD_BEFORE.test(before) || COMMAND_BEFORE.test(before)) return false;
  const code = CURRENCY_BEFORE.exec(before)?.[1];
  return code === undefined || (code.length === 3 && !CURRENCIES.has(code));
}

/** What makes a number of the decimal before it: an exponent, a denominator, a fraction after a whole number. */
function lookAfter(text: string, end: number, run: string): { end: number; finish: (decimal: string) => Rational | undefined } {
  const exponent = sticky(E_NOTATION, text, end) ?? sticky(POWER_OF_TEN, text, end);
  if (exponent) return { end: exponent.end, finish: (decimal) => parseDecimal(decimal, Number(exponent.match[1])) };
  const over = sticky(FRACTION, text, end);
  if (over) {
    const below = parseDecimal((over.match[1] ?? "").replace(",", "."));
    return { end: over.end, finish: (decimal) => quotient(parseDecimal(decimal), below) };
  }
  const mixed = /^\d+$/.test(run) ? sticky(MIXED, text, end) : undefined;
  if (mixed && Number(mixed.match[1]) < Number(mixed.match[2])) {
    const part = quotient(parseDecimal(mixed.match[1] ?? ""), parseDecimal(mixed.match[2] ?? ""));
    return { end: mixed.end, finish: (decimal) => sum(parseDecimal(decimal), part) };
  }
  return { end, finish: parseDecimal };
}

/** The sign of the number at `start`, and whether it hangs on a word. */
function lookBefore(text: string, start: number): { negative: boolean; attached: boolean } {
  const before = text.slice(Math.max(0, start - 16), start).replace(/[\p{Sc}.]+$/u, "");
  const near = before.at(-1) ?? "";
  if (LETTER.test(near)) return { negative: false, attached: !/\p{Sc}/u.test(text[start - 1] ?? "") };
  if (near === "-") {
    const other = before.at(-2) ?? "";
    const hangs = LETTER.test(other);
    return { negative: !hangs && !/[\d)\]%]/.test(other), attached: hangs };
  }
  return {
    negative: /(?:[=(<>\u2248:]\s*-\s+|(?:^|[^\p{L}\d)\s]\s*|[\p{L}]\s)(?:minus|negative|moins|menos|meno|минус)\s+)$/iu.test(before),
    attached: false,
  };
}

function sticky(pattern: RegExp, text: string, at: number): { match: RegExpExecArray; end: number } | undefined {
  pattern.lastIndex = at;
  const match = pattern.exec(text);
  return match ? { match, end: pattern.lastIndex } : undefined;
}

function quotient(a: Rational | undefined, b: Rational | undefined): Rational | undefined {
  return a && b ? divide(a, b) : undefined;
}

function sum(a: Rational | undefined, b: Rational | undefined): Rational | undefined {
  return a && b ? add(a, b) : undefined;
}

/** A number times its scale. */
export function scaled({ values, scale }: ReadNumber): Rational[] {
  return scale ? values.map((value) => multiply(value, scale)) : values;
}
