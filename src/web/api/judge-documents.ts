import type { AskedFacts, CheckDocument, DatasetFacts, Estimate, ReasonCount, StudyFacts } from "./study-parts.js";

export interface CriterionMetrics extends Estimate {
  variance: number | null;
  p90: number | null;
  median: number | null;
  unscored: number;
  distribution: Record<string, number> | null;
  pass: { at: number; rate: number; corrected: { rate: number; low: number; high: number } | null } | null;
}

/** How a judge agreed with people when it was calibrated; older documents have only kappa. */
export interface CardSummary {
  kappa: number | null;
  low: number | null;
  high: number | null;
  rows: number;
  created: string;
  unscored?: number;
  labels?: "levels" | "pass";
  levels?: number[];
  /** Rows are the people's levels, columns the judge's. */
  confusion?: number[][];
  exact?: number;
  within_one?: number;
  majority?: number;
  bias?: { value: number | null; low: number | null; high: number | null };
}

export interface AuditSummary {
  created: string;
  discrimination: Record<string, Estimate>;
  shifts: {
    criterion: string;
    perturbation: string;
    base: string;
    n: number;
    shift: number | null;
    low: number | null;
    high: number | null;
    p_value: number;
    verdict: string;
  }[];
}

export interface JudgedRow {
  id: string;
  criterion: string;
  score: number | null;
  state: string;
  problem: string | null;
  justification: string | null;
  question: string;
  answer: string | null;
  reference: string | null;
}

export interface JudgementDocument {
  schema: "llmops.judge/2";
  command: string;
  study: StudyFacts &
    AskedFacts & {
      dataset: DatasetFacts;
      rows: { scored: number; unscored: number; failed: number; filtered: number };
    };
  target: { model: string };
  judge: {
    models: { model: string }[];
    method: string;
    criteria: { name: string; title: string; levels: Record<string, string>; card: CardSummary | null }[];
    audit?: AuditSummary | null;
    warnings: string[];
    shift: Record<string, { anchors: number; mean: number | null; low: number | null; high: number | null; moved: boolean }> | null;
  };
  metrics: Record<string, CriterionMetrics>;
  rows: JudgedRow[];
  doubtful: string[];
  errors: ReasonCount[];
  checks: CheckDocument[];
}

type Winner = "first" | "second" | "tie";

export interface PairwiseRow {
  id: string;
  criterion: string;
  first: string;
  second: string;
  winner: Winner | null;
  verdicts: (Winner | null)[];
  state: string;
  problem: string | null;
}

export interface PairDocument {
  first: string;
  second: string;
  win_rate: Estimate;
  confidence: number;
  wins: number;
  losses: number;
  ties: number;
  flips: number;
  flip_rate: number;
  p_value: number;
  verdict: string;
}

export interface PairwiseDocument {
  schema: "llmops.pairwise/2";
  command: string;
  study: StudyFacts & { samples: number; dataset: { path: string; digest: string } };
  contestants: string[];
  judge: { models: { model: string }[]; method: string };
  criteria: Record<
    string,
    {
      pairs: PairDocument[];
      ranking: { name: string; strength: number; low: number | null; high: number | null; letters: string }[];
      first_place: Estimate;
      unscored: number;
    }
  >;
  rows: PairwiseRow[];
  errors: ReasonCount[];
}
