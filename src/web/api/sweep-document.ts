import type {
  AskedFacts,
  CellCounts,
  CheckDocument,
  DatasetFacts,
  Direction,
  Estimate,
  ParamValue,
  ReasonCount,
  StudyFacts,
} from "./study-parts.js";

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

/** The second of two settings beside the first, by their places in `settings`. */
export interface PairDocument extends Comparison {
  first: number;
  second: number;
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

interface ScorerDocument {
  name: string;
  kind: "rate" | "mean";
  direction: Direction;
}

export interface SweepDocument {
  schema: "llmops.sweep/3";
  command: string;
  study: StudyFacts &
    AskedFacts & {
      model: string;
      target: string;
      dataset: DatasetFacts;
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
  comparisons: {
    pairs: number;
    correction: string;
    alpha: number;
    /** Of more than `most_settings` only the comparisons with the reference are told; older documents have none of these. */
    told?: "every pair" | "with the reference";
    most_settings?: number;
    every?: PairDocument[];
  };
  reference: Record<string, ParamValue> | null;
  best: { params: Record<string, ParamValue>; value: number | null; tied_with: { params: Record<string, ParamValue> }[] } | null;
  errors: ReasonCount[];
  checks: CheckDocument[];
}
