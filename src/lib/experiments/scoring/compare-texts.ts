import { foldingsOf } from "./canonical.js";
import { hasContent, isUnspaced, normalize, withAllMarks, withoutArticle, withoutLooseSpaces } from "./normalize.js";
import { countWords, hasWords } from "./find-words.js";

/** Whether two texts are the same but for case, white space, the marks of sentences and an English article at the beginning. */
export function isSameText(text: string, reference: string): boolean {
  return foldingsOf(text, reference).some((fold) => {
    const [a, b] = [normalize(text, fold), normalize(reference, fold)];
    if (a === b) return true;
    return withoutArticle(withoutLooseSpaces(a)) === withoutArticle(withoutLooseSpaces(b));
  });
}

/**
 * Whether a text has the reference as whole words. In scripts without spaces between words it may stand anywhere between two
 * characters; in Korean particles may follow it.
 */
export function hasText(text: string, reference: string): boolean {
  return foldingsOf(text, reference).some((fold) => {
    const wanted = withoutArticle(normalize(reference, fold));
    if (!hasContent(wanted)) return hasWords(withAllMarks(text, fold), wanted);
    const whole = normalize(text, fold);
    if (hasWords(whole, wanted)) return true;
    return isUnspaced(whole) && hasWords(withoutLooseSpaces(whole), withoutLooseSpaces(wanted));
  });
}

/** How often a text has a term as whole words. */
export function countText(text: string, term: string): number {
  return Math.max(...foldingsOf(text, term).map((fold) => countWords(normalize(text, fold), normalize(term, fold))));
}
