import { normalise } from "./normalise.js";
import { referenceScorer } from "./scorer.js";

/** F1 of the words completion and reference share, as in SQuAD (Rajpurkar et al. 2016). */
export const tokenF1Scorer = referenceScorer("token_f1", "mean", (text, reference) => {
  const [seen, wanted] = [words(text), words(reference)];
  return { value: f1(overlap(counts(seen), counts(wanted)), seen.length, wanted.length) };
});

/** ROUGE-L: F1 of the longest common subsequence of words (Lin 2004). */
export const rougeLScorer = referenceScorer("rouge_l", "mean", (text, reference) => {
  const [seen, wanted] = [words(text), words(reference)];
  return { value: f1(commonSubsequence(seen, wanted), seen.length, wanted.length) };
});

/**
 * BLEU of one sentence: the geometric mean of the precisions of 1 to 4 words, times the penalty for brevity (Papineni et al.
 * 2002); precisions of more than one word are smoothed by adding one (Lin and Och 2004, BLEU+1).
 */
export const bleuScorer = referenceScorer("bleu", "mean", (text, reference) => {
  const [seen, wanted] = [words(text), words(reference)];
  if (seen.length === 0) return { value: 0 };
  const logs = [1, 2, 3, 4].map((n) => {
    const [grams, targets] = [ngrams(seen, n), ngrams(wanted, n)];
    const added = n === 1 ? 0 : 1;
    return Math.log((overlap(counts(grams), counts(targets)) + added) / (grams.length + added));
  });
  const brevity = Math.min(1, Math.exp(1 - wanted.length / seen.length));
  return { value: brevity * Math.exp(logs.reduce((sum, log) => sum + log, 0) / logs.length) };
});

/** 1 minus the edit distance (Levenshtein 1966) over the longer length: 1 for equal texts. Case and outer space do not count. */
export const levenshteinScorer = referenceScorer("levenshtein", "mean", (text, reference) => {
  const [seen, wanted] = [text, reference].map((given) => Array.from(given.trim().toLowerCase())) as [string[], string[]];
  const longest = Math.max(seen.length, wanted.length);
  return { value: longest === 0 ? 1 : 1 - editDistance(seen, wanted) / longest };
});

function words(text: string): string[] {
  return normalise(text)
    .split(" ")
    .filter((word) => word !== "");
}

function f1(shared: number, seen: number, wanted: number): number {
  return shared === 0 ? 0 : (2 * shared) / (seen + wanted);
}

function ngrams(tokens: readonly string[], n: number): string[] {
  return tokens.slice(n - 1).map((_, i) => tokens.slice(i, i + n).join(" "));
}

function counts(items: readonly string[]): Map<string, number> {
  const found = new Map<string, number>();
  for (const item of items) found.set(item, (found.get(item) ?? 0) + 1);
  return found;
}

function overlap(a: ReadonlyMap<string, number>, b: ReadonlyMap<string, number>): number {
  return [...a].reduce((sum, [item, count]) => sum + Math.min(count, b.get(item) ?? 0), 0);
}

function commonSubsequence(a: readonly string[], b: readonly string[]): number {
  let row = new Uint32Array(b.length + 1);
  for (const item of a) {
    const next = new Uint32Array(b.length + 1);
    for (let j = 1; j <= b.length; j++) next[j] = item === b[j - 1] ? (row[j - 1] ?? 0) + 1 : Math.max(row[j] ?? 0, next[j - 1] ?? 0);
    row = next;
  }
  return row[b.length] ?? 0;
}

function editDistance(a: readonly string[], b: readonly string[]): number {
  let row = Uint32Array.from({ length: b.length + 1 }, (_, j) => j);
  for (const [i, item] of a.entries()) {
    const next = new Uint32Array(b.length + 1);
    next[0] = i + 1;
    for (let j = 1; j <= b.length; j++) {
      const change = (row[j - 1] ?? 0) + (item === b[j - 1] ? 0 : 1);
      next[j] = Math.min(change, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1);
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
