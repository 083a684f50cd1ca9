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

/** The rows that were asked; older documents say less of them. */
export interface DatasetFacts {
  path: string;
  digest?: string;
  samples: number;
  available?: number;
}

/** How a model was asked, and how its answers ended; documents of others may not say it. */
export interface AskedFacts {
  seed?: number;
  fixed?: Record<string, ParamValue>;
  cells?: CellCounts;
}

/** What a document says of its study, whatever the kind. */
export interface StudyFacts {
  id: string;
  status: string;
  seconds: number;
}
