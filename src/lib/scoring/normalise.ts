/**
 * Text as the exact and contains scorers compare it: Unicode-normalised, lower case, punctuation
 * and articles dropped, white space collapsed (the normalisation of SQuAD, Rajpurkar et al. 2016).
 */
export function normalise(text: string): string {
  return text
    .normalize("NFKC")
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s]+/gu, " ")
    .replace(/\b(a|an|the)\b/g, " ")
    .replace(/\s+/g, " ")
    .trim();
}
