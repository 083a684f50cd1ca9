import type { Scorer } from "./scorer.js";

const MOSTLY = 0.5;

/**
 * Flesch's reading ease of English text (Flesch 1948): about 100 is very easy, 0 very hard. Syllables are counted by groups of
 * vowels. Unscored without a word, and where less than half of the letters are of the Latin alphabet.
 */
export const readabilityScorer: Scorer = {
  name: "readability",
  kind: "mean",
  direction: "none",
  score(_, { text }) {
    const plain = text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
    const words = plain.match(/(?<!\p{L})[a-z]+(?:['\u2019][a-z]+)*(?!\p{L})/gu) ?? [];
    const latin = words.reduce((sum, word) => sum + word.length, 0);
    if (latin === 0 || latin < MOSTLY * (plain.match(/\p{L}/gu)?.length ?? 0)) return { value: null, explanation: "no English words" };
    const sentences = Math.max(1, plain.split(/(?<![.!?])[.!?]+(?:\s|$)/).filter((part) => /[a-z]/.test(part)).length);
    const syllables = words.reduce((sum, word) => sum + countSyllables(word), 0);
    return { value: 206.835 - 1.015 * (words.length / sentences) - 84.6 * (syllables / words.length) };
  },
};

function countSyllables(word: string): number {
  const stem = word.replace(/(?:[^laeiouy]es|ed|[^laeiouy]e)$/, "");
  return Math.max(1, stem.match(/[aeiouy]{1,2}/g)?.length ?? 0);
}
