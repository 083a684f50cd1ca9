import type { StoreAnswers } from "./answers.js";
import type { StoreSpans } from "./spans.js";
import type { ModelVersion, Stage } from "../registry-records.js";

/** A version, where it is to go, and what has to be proven first: as `llmops mlflow promote` takes them. */
export interface PromotionRequest {
  name: string;
  version: string;
  alias: string | undefined;
  stage: Stage | undefined;
  /** Versions that are in the stage go to Archived. */
  archiveOthers: boolean;
  /** METRIC>=ALIAS, METRIC>ALIAS, METRIC<NUMBER. */
  require: readonly string[];
  failUnder: readonly string[];
  minEffect: number | undefined;
  maxFailed: string | undefined;
  /** The requirements are checked, and nothing is moved. */
  isTrial: boolean;
}

export interface RequirementEvidence {
  requirement: string;
  state: "met" | "not met" | "cannot tell" | "too much failed";
  /** What was seen, in words. */
  evidence: string;
  hint: string | null;
}

export interface PromotionAnswer {
  promoted: boolean;
  requirements: readonly RequirementEvidence[];
  version: ModelVersion;
}

/** Runs to compare with one of them, by the samples both scored. */
export interface ComparisonRequest {
  baseline: string;
  runIds: readonly string[];
  /** The score that is compared; the one that decides in the baseline's study when absent. */
  score: string | undefined;
}

export type Verdict = "better" | "worse" | "higher" | "lower" | "no difference" | "cannot tell";

export interface PairedVerdict {
  runId: string;
  samples: number;
  difference: number;
  low: number | null;
  high: number | null;
  confidence: number;
  /** Corrected over all runs of the comparison. */
  pValue: number;
  test: string;
  verdict: Verdict;
  furtherSamples: number | null;
}

export interface ComparisonAnswer {
  /** What was compared; undefined where the baseline has no scores of single samples. */
  score: string | undefined;
  /** All scores of single samples that the baseline has. */
  scores: readonly string[];
  pairs: readonly PairedVerdict[];
  /** Which way each metric of the runs is better. */
  directions: Readonly<Record<string, "max" | "min" | "none">>;
  /** Which samples were left out, in words. */
  notes: readonly string[];
}

/** What the measurements in a store prove: tests of differences, which take their time and are made off the event loop. */
export interface StoreEvidence extends StoreAnswers, StoreSpans {
  /** Gives a version an alias or a stage if it meets the requirements. Throws INVALID_PARAMETER_VALUE for one that cannot be checked. */
  promote(request: PromotionRequest): Promise<PromotionAnswer>;
  /** Compares runs with the baseline, sample by sample. */
  compare(request: ComparisonRequest): Promise<ComparisonAnswer>;
  close(): Promise<void>;
}
