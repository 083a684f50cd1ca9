/** A mean with its 95 % interval over `n` independent samples; what could not be measured is null. */
export interface Estimate {
  mean: number | null;
  low: number | null;
  high: number | null;
  n: number;
}

export type ParamValue = string | number | boolean | null;
export type Direction = "max" | "min" | "none";

/** How cells ended. */
export interface CellCounts {
  done: number;
  failed: number;
  filtered: number;
  unscored: number;
  truncated?: number;
  planned: number;
}

/** A paired comparison with the reference; p value and interval are corrected for all comparisons of the study. */
export interface Comparison {
  samples: number;
  difference: number;
  low: number | null;
  high: number | null;
  confidence: number;
  p_value: number;
  verdict: string;
  further_samples: number | null;
}

export interface SettingDocument {
  name: string;
  params: Record<string, ParamValue>;
  metrics: Record<string, Estimate>;
  cells: CellCounts;
  unscored: Record<string, number>;
  model: { quantization: string; size_bytes: number; memory_bytes: number } | null;
  letters: string;
  pareto: boolean;
  stopped: string | null;
  comparison: Comparison | null;
  run_id: string | null;
}

export interface ReasonCount {
  code: string;
  message: string;
  cells: number;
}

export interface CheckDocument {
  name: string;
  state: string;
  evidence: string;
}

interface StudyFacts {
  id: string;
  status: string;
  seconds: number;
}

interface ScorerDocument {
  name: string;
  kind: "rate" | "mean";
  direction: Direction;
}

export interface SweepDocument {
  schema: "llmops.sweep/3";
  command: string;
  study: StudyFacts & {
    model: string;
    target: string;
    dataset: { path: string; samples: number; available: number };
    scorer: string;
    metric: string;
    direction: Direction;
    kind: "rate" | "mean";
    scorers: ScorerDocument[];
    /** Also those that nobody asked for; older documents do not have them. */
    measured?: ScorerDocument[];
    min_effect: number;
  };
  settings: SettingDocument[];
  comparisons: { pairs: number; correction: string; alpha: number };
  reference: Record<string, ParamValue> | null;
  best: { params: Record<string, ParamValue>; value: number | null; tied_with: { params: Record<string, ParamValue> }[] } | null;
  errors: ReasonCount[];
  checks: CheckDocument[];
}

export type SearchDimension =
  | { name: string; kind: "float" | "int"; low: number; high: number; log: boolean }
  | { name: string; kind: "categorical"; values: (string | number)[] };

export interface TrialDocument {
  trial: number;
  params: Record<string, ParamValue>;
  value: number | null;
  se: number | null;
  values: (number | null)[] | null;
  feasible: boolean | null;
  state: string;
  problem: string | null;
  run_id: string | null;
}

export interface SliceDocument {
  name: string;
  values: (number | string)[];
  mean: number[];
  low: number[];
  high: number[];
}

interface Axis {
  name: string;
  values: (number | string)[];
}

/** What is believed over two parameters, by y, then x; older documents have no ends of the intervals. */
export interface PlaneDocument {
  x: Axis;
  y: Axis;
  mean: number[][];
  low?: number[][];
  high?: number[][];
}

export interface SurfaceDocument {
  /** Where the parameters that are not drawn are held. */
  held?: Record<string, ParamValue>;
  importance: { name: string; share: number }[];
  slices: SliceDocument[];
  contour: PlaneDocument | null;
  /** Planes over pairs of the parameters that matter most. */
  planes?: PlaneDocument[];
}

export interface ProofDocument {
  samples: number;
  status: string;
  settings: {
    role: string;
    name: string;
    metrics: Record<string, Estimate>;
    feasible: boolean | null;
    broken: { condition: string; value: number }[];
    comparisons: Record<
      string,
      { n: number; difference: number; low: number | null; high: number | null; verdict: string; p_value: number | null }
    >;
    run_id: string | null;
    params: Record<string, ParamValue>;
  }[];
  winner: Record<string, ParamValue> | null;
}

export interface OptimizationDocument {
  schema: "llmops.optimize/1";
  command: string;
  study: StudyFacts & { model: string; sampler: string; dataset: { path: string; samples: number; held_out: number } };
  space: SearchDimension[];
  objectives: { name: string; direction: "max" | "min"; kind: "rate" | "mean" }[];
  constraints: string[];
  trials: TrialDocument[];
  best: { trial: number; params: Record<string, ParamValue>; mean: number; low: number; high: number; run_id: string | null } | null;
  nearest: { trial: number; broken: { condition: string; value: number }[]; run_id: string | null } | null;
  front: { trials: number[]; hypervolume: number } | null;
  surface: SurfaceDocument | null;
  proof: ProofDocument | null;
  errors: ReasonCount[];
  checks: CheckDocument[];
}

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
  study: StudyFacts & {
    dataset: { path: string; samples: number };
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
  study: StudyFacts & { samples: number; dataset: { path: string } };
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

export type StudyResult = SweepDocument | OptimizationDocument | JudgementDocument | PairwiseDocument;

/** A study's study.json: how far it came, and what its command would print by then. */
export interface StudyDocument {
  schema: "llmops.study/1";
  kind: string;
  status: string;
  resume: string;
  verdict: string | null;
  cells: { done: number; total: number };
  result: StudyResult;
}
