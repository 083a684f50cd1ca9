import { canonicalise, foldingsOf } from "./canonical.js";
import { commonSubsequence, counts, editDistance, ngrams, overlap } from "./sequences.js";
import { normalize } from "./normalize.js";
import { referenceScorer, type ReferenceScorer } from "./scorer.js";
import { graphemesOf, tokensOf } from "./words-of.js";

const ARTICLES = new Set(["a", "an", "the"]);

/** F1 of the words completion and reference share, as in SQuAD (Rajpurkar et al. 2016). */
export const tokenF1Scorer = tokenScorer("token_f1", (seen, wanted) =>
  f1(overlap(counts(seen), counts(wanted)), seen.length, wanted.length),
);

/** ROUGE-L: F1 of the longest common subsequence of words (Lin 2004). */
export const rougeLScorer = tokenScorer("rouge_l", (seen, wanted) => f1(commonSubsequence(seen, wanted), seen.length, wanted.length));

/**
 * BLEU of one sentence: the geometric mean of the precisions of 1 to 4 words, times the penalty for brevity (Papineni et al.
 * 2002); precisions of more than one word are smoothed by adding one (Lin and Och 2004, BLEU+1).
 */
export const bleuScorer = tokenScorer("bleu", (seen, wanted) => {
  if (seen.length === 0 || wanted.length === 0) return seen.length === wanted.length ? 1 : 0;
  const logs = [1, 2, 3, 4].map((n) => {
    const [grams, targets] = [ngrams(seen, n), ngrams(wanted, n)];
    const added = n === 1 ? 0 : 1;
    return Math.log((overlap(counts(grams), counts(targets)) + added) / (grams.length + added));
  });
  const brevity = Math.min(1, Math.exp(1 - wanted.length / seen.length));
  return brevity * Math.exp(logs.reduce((sum, log) => sum + log, 0) / logs.length);
});

/**
 * 1 minus the edit distance (Levenshtein 1966) over the longer length, in characters as readers see them: 1 for equal texts.
 * Case and outer space do not count.
 */
export const levenshteinScorer = referenceScorer("levenshtein", "mean", (text, reference) => {
  const values = foldingsOf(text, reference).map((fold) => {
    const [seen, wanted] = [text, reference].map((given) => graphemesOf(fold(canonicalise(given)).trim())) as [string[], string[]];
    const longest = Math.max(seen.length, wanted.length);
    return longest === 0 ? 1 : 1 - editDistance(seen, wanted) / longest;
  });
  return { value: Math.max(...values) };
});

/** A scorer of the normalized words of two texts, English articles left out of both where that leaves words in both. */
function tokenScorer(name: string, compare: (seen: string[], wanted: string[]) => number): ReferenceScorer {
  return referenceScorer(name, "mean", (text, reference) => {
    const values = foldingsOf(text, reference).map((fold) => {
      const [seen, wanted] = [tokensOf(normalize(text, fold)), tokensOf(normalize(reference, fold))];
      const [seenPlain, wantedPlain] = [withoutArticles(seen), withoutArticles(wanted)];
      return seenPlain.length > 0 && wantedPlain.length > 0 ? compare(seenPlain, wantedPlain) : compare(seen, wanted);
    });
    return { value: Math.max(...values) };
  });
}

function withoutArticles(tokens: readonly string[]): string[] {
  return tokens.filter((token) => !ARTICLES.has(token));
}

function f1(shared: number, seen: number, wanted: number): number {
  if (seen === 0 && wanted === 0) return 1;
  return shared === 0 ? 0 : (2 * shared) / (seen + wanted);
}
