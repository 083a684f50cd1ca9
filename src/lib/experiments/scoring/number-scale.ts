import type { Rational } from "./rational.js";

/** What is written after a number and multiplies it, by what it multiplies by: powers of ten. */
const SCALES: readonly (readonly [power: number, forms: string])[] = [
  [-2, "%|٪|﹪|per\\s?cent|pct|prozent|procent|pour\\s?cent|por\\s?cient?o|per\\s?cento|процент\\p{L}*|प्रतिशत|퍼센트|パーセント"],
  [-3, "‰|per\\s?mille|promille"],
  [3, "thousand|(?<=\\d)k|tausend|mille|mila|тысяч\\p{L}*|천|千"],
  [4, "万|萬|만"],
  [5, "lakhs?|लाख"],
  [6, "millions?|millionen|millón|millones|milioni?|milhões|milhão|миллион\\p{L}*|млн|百万|mn"],
  [7, "crores?|करोड़"],
  [8, "億|亿|억"],
  [9, "billions?|milliarden?|milliards?|miliard[iy]?|миллиард\\p{L}*|млрд|bn"],
  [12, "trillions?|兆|조"],
];
const PATTERNS = SCALES.map(([power, forms]) => ({ factor: powerOfTen(power), pattern: new RegExp(`\\s?(?:${forms})(?![a-z])`, "iuy") }));
const BEFORE = /(?<!\d\s?)[%٪]\s?$/u;

/** The percent sign or the word such as "million" that begins at `at`, and where it ends. */
export function scaleAfter(text: string, at: number): { factor: Rational; end: number } | undefined {
  if (!/^\s?[%٪﹪‰\p{L}]/u.test(text.slice(at, at + 2))) return undefined;
  for (const { factor, pattern } of PATTERNS) {
    pattern.lastIndex = at;
    if (pattern.test(text)) return { factor, end: pattern.lastIndex };
  }
  return undefined;
}

/** A percent sign before a number, as in Turkish and Basque: %50. */
export function scaleBefore(text: string, start: number): { factor: Rational; end: number } | undefined {
  return BEFORE.test(text.slice(Math.max(0, start - 4), start)) ? { factor: powerOfTen(-2), end: 0 } : undefined;
}

function powerOfTen(power: number): Rational {
  return power >= 0 ? { above: 10n ** BigInt(power), below: 1n } : { above: 1n, below: 10n ** BigInt(-power) };
}
