import type { BenchDocument } from "./bench-document.js";
import type { JudgementDocument, PairwiseDocument } from "./judge-documents.js";
import type { OptimizationDocument } from "./search-document.js";
import type { SweepDocument } from "./sweep-document.js";

export type StudyResult = BenchDocument | SweepDocument | OptimizationDocument | JudgementDocument | PairwiseDocument;

/** A study's study.json: how far it came, and what its command would print by then. */
export interface StudyDocument {
  schema: "llmops.study/1";
  kind: string;
  status: string;
  resume: string;
  verdict: string | null;
  /** Why nothing came of it. */
  failure?: string | null;
  cells: { done: number; total: number };
  result: StudyResult;
}
