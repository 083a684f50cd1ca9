import type { AskedFacts, CheckDocument, DatasetFacts, Estimate, ParamValue, ReasonCount, StudyFacts } from "./study-parts.js";

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
  study: StudyFacts &
    AskedFacts & {
      model: string;
      sampler: string;
      dataset: DatasetFacts & { held_out: number };
    };
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
