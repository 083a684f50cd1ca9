import type { ScoringCost } from "../scoring/scorer.js";

/** How a verdict was read off the judge. */
export const METHODS = ["probability", "generate", "votes"] as const;
export type JudgeMethod = (typeof METHODS)[number];

/** What a judge says of one sample by one criterion. */
export interface Verdict {
  /**
   * In the rubric's scale: the expected score over the distribution, or the one written where there is no distribution. Null
   * where the judge said nothing that could be read: never a made-up number.
   */
  score: number | null;
  /** The probability of each level, lowest first; null for a single written score. */
  distribution: number[] | null;
  justification: string | null;
  method: JudgeMethod;
  /** Why there is no score. */
  problem?: string;
  /** The judge's own probability of saying one of the levels at all, before what it may say was limited; where it is known. */
  mass?: number;
  /** What reading it took. */
  cost: ScoringCost;
}

/** A verdict over the levels' distribution. */
export function fromDistribution(
  values: readonly number[],
  distribution: readonly number[],
  rest: Pick<Verdict, "justification" | "method" | "mass">,
): Omit<Verdict, "cost"> {
  const score = distribution.reduce((sum, probability, i) => sum + probability * (values[i] ?? 0), 0);
  return { ...rest, score, distribution: [...distribution] };
}

/** A verdict that could not be read. */
export function unscored(problem: string, method: JudgeMethod, justification: string | null = null): Omit<Verdict, "cost"> {
  return { score: null, distribution: null, justification, method, problem };
}

/** Shannon entropy in bits: 0 where one outcome is certain, the logarithm of their number where all are as likely. */
export function entropyOf(distribution: readonly number[]): number {
  return -distribution.reduce((sum, p) => (p > 0 ? sum + p * Math.log2(p) : sum), 0) + 0;
}
