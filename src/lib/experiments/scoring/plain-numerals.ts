import { isAscii } from "./canonical.js";
import { remembered } from "./remembered.js";

const INVISIBLE = /[\u200b\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069\ufeff\u00ad\ufe0e\ufe0f]/g;
const SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹";

/**
 * A text with its numbers in ASCII: digits of all scripts, full-width forms, fractions such as ½, hyphens and minus signs; and
 * LaTeX's ways of writing numbers (\frac, \text, spaces, escaped signs) undone. The rest stays as it is.
 */
export function toPlainNumerals(text: string): string {
  const plain = text.includes("\\") || text.includes("{,}") ? fromLatex(text) : text;
  return isAscii(plain) ? plain : fromUnicode(plain);
}

function fromUnicode(text: string): string {
  return text
    .replace(INVISIBLE, "")
    .replace(/[\uff01-\uff5e①-⑳]/g, (mark) => mark.normalize("NFKC"))
    .replace(/(\d?)([¼-¾⅐-⅞↉])/gu, (_, before: string, mark: string) => `${before && `${before} `}${mark.normalize("NFKC")}`)
    .replace(/[\u2044\u2215]/g, "/")
    .replace(/\u2e41/g, ",") // Adlam's comma
    .replace(/[\u2010-\u2013\u2212\ufe58\ufe63]/g, "-")
    .replace(/(?<=10)[⁺⁻]?[⁰¹²³⁴-⁹]+/gu, (power) => `^${fromSuperscript(power)}`)
    .replace(/(?![0-9])\p{Nd}/gu, (digit) => digitOf(digit));
}

function fromSuperscript(power: string): string {
  return Array.from(power, (mark) => (mark === "⁻" ? "-" : mark === "⁺" ? "" : SUPERSCRIPTS.indexOf(mark))).join("");
}

/** Unicode has the decimal digits of a script in a row from 0 to 9, so that the place in the row is the value. */
const digitOf = remembered((digit) => {
  const code = digit.codePointAt(0) ?? 0;
  let before = 0;
  while (/^\p{Nd}$/u.test(String.fromCodePoint(code - before - 1))) before++;
  return String(before % 10);
});

function fromLatex(text: string): string {
  return text
    .replaceAll("{,}", ",")
    .replace(/\\!/g, "")
    .replace(/\\[,;: ]/g, "\u2009")
    .replace(/\\([%$#&_])/g, "$1")
    .replace(/\\(?:text|textbf|mathrm|mathbf|mbox|operatorname)\s*\{([^{}]*)\}/g, " $1 ")
    .replace(/(?<=\d)\s*(?=\\[dtc]?frac)/g, " ")
    .replace(/\\[dtc]?frac\s*\{\s*(-?[\d.,]+)\s*\}\s*\{\s*([\d.,]+)\s*\}/g, "$1/$2")
    .replace(/\\[dtc]?frac\s*(\d)\s*(\d)/g, "$1/$2")
    .replace(/\\(?:times|cdot)\b/g, "×")
    .replace(/\\(?:left|right)\b/g, "");
}
