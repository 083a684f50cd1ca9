/** How letters of two cases are made alike. */
export type CaseFolding = (text: string) => string;

/** Characters nobody sees: zero-width spaces, soft hyphens, marks of direction, and the choice between an emoji's two looks. */
const INVISIBLE = /[\u00ad\u200b\u200e\u200f\u061c\u202a-\u202e\u2060\u2066-\u2069\ufeff]|(?<=\p{Emoji}|\p{So})[\ufe0e\ufe0f]/gu;
/** Forms of other widths, ligatures, presentation forms: the same letters in another dress. */
const DRESSED = /[\u3000\ufb00-\ufb06\ufb50-\ufdff\ufe50-\ufe6b\ufe70-\ufefc\uff01-\uffef]+/g;

/**
 * A text in one form of Unicode: composed (NFC), full- and half-width forms and ligatures as plain letters, without characters
 * nobody sees, with one kind of hyphen, minus, apostrophe and quotation mark. Superscripts and fractions stay what they are: x² is not x2.
 */
export function canonicalise(text: string): string {
  if (isAscii(text)) return text;
  return text
    .replace(DRESSED, (run) => run.normalize("NFKC"))
    .replace(INVISIBLE, "")
    .normalize("NFC")
    .replace(/[\u2010-\u2013\u2212]/g, "-")
    .replace(/[\u2014\u2015]/g, " - ")
    .replace(/[\u2018\u2019]|(?<=[\p{L}\p{M}])[\u02bc\u00b4](?=\p{L})/gu, "'")
    .replace(/[\u201c\u201d\u05f4]/g, '"')
    .replace(/\u05f3/g, "'");
}

export function isAscii(text: string): boolean {
  return /^[\x00-\x7f]*$/.test(text);
}

/** Lower case, with the letters that have two lower-case forms (final sigma, long s, micro sign) in one. */
export function foldCase(text: string): string {
  const lower = text.toLowerCase();
  return isAscii(lower) ? lower : lower.replace(/[ςſµ]/g, (letter) => (letter === "ς" ? "σ" : letter === "ſ" ? "s" : "μ"));
}

/** As in Turkish and Azerbaijani: I is the capital of ı, İ of i. */
function foldTurkishCase(text: string): string {
  return foldCase(text.toLocaleLowerCase("tr"));
}

/** As in texts in capitals throughout, where ß is written SS. */
function foldCapitals(text: string): string {
  return foldCase(text.toUpperCase());
}

/**
 * The foldings under which two texts are compared; they are equal if they are under one of them. Further ones than the plain
 * are for İ and ı, and for ß beside a text without small letters: STRASSE is Straße, Masse is not Maße.
 */
export function foldingsOf(text: string, reference: string): CaseFolding[] {
  if (isAscii(text) && isAscii(reference)) return PLAIN;
  const both = text + reference;
  const capitals = /ß/.test(both) && (!/\p{Ll}/u.test(text) || !/\p{Ll}/u.test(reference));
  return [foldCase, ...(/[İı]/.test(both) ? [foldTurkishCase] : []), ...(capitals ? [foldCapitals] : [])];
}

const PLAIN: CaseFolding[] = [foldCase];
