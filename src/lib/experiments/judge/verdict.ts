import type { ScoringCost } from "../scoring/scorer.js";

/** What a judge says of one sample by one criterion. */
export interface JudgeVerdict {
  /**
   * In the rubric's scale: the expected score over the distribution, or the one written where there is no distribution. Null
   * where the judge said nothing that could be read: never a made-up number.
   */
  score: number | null;
  /** The probability of each level, lowest first; null for a single written score. */
  distribution: number[] | null;
  justification: string | null;
  /** The way the judge came to it. */
  method: string;
  /** Why there is no score. */
  problem?: string;
  /** The judge's own probability of saying one of the levels at all, before what it may say was limited; where it is known. */
  mass?: number;
  /** What reading it took. */
  cost: ScoringCost;
}

/** What a comparison of two answers, as they were shown, may end with. */
export const WINNERS = ["A", "B", "tie"] as const;

/** Which of two answers is better, as they were shown. */
export interface PairVerdict {
  winner: (typeof WINNERS)[number] | null;
  /** Of A, B and tie; null for a single written verdict. */
  distribution: number[] | null;
  justification: string | null;
  problem?: string;
  cost: ScoringCost;
}

/** A verdict over the levels' distribution. */
export function fromDistribution(
  values: readonly number[],
  distribution: readonly number[],
  rest: Pick<JudgeVerdict, "justification" | "method" | "mass">,
): Omit<JudgeVerdict, "cost"> {
  const expected = distribution.reduce((sum, probability, i) => sum + probability * (values[i] ?? 0), 0);
  // sums of rounded shares may pass the ends of the scale by a hair
  const score = Math.min(values.at(-1) ?? expected, Math.max(values[0] ?? expected, expected));
  return { ...rest, score, distribution: [...distribution] };
}

/** A verdict that could not be read. */
export function unscored(problem: string, method: string, justification: string | null = null): Omit<JudgeVerdict, "cost"> {
  return { score: null, distribution: null, justification, method, problem };
}

/** A preference by the shares of A, B and tie; the first of the largest wins. */
export function fromShares(shares: readonly number[], justification: string | null): Omit<PairVerdict, "cost"> {
  const winner = WINNERS[shares.indexOf(Math.max(...shares))] ?? null;
  return { winner, distribution: [...shares], justification };
}

/** A comparison that could not be read. */
export function noPreference(problem: string): Omit<PairVerdict, "cost"> {
  return { winner: null, distribution: null, justification: null, problem };
}

/** Shannon entropy in bits: 0 where one outcome is certain, the logarithm of their number where all are as likely. */
export function entropyOf(distribution: readonly number[]): number {
  return -distribution.reduce((sum, p) => (p > 0 ? sum + p * Math.log2(p) : sum), 0) + 0;
}
