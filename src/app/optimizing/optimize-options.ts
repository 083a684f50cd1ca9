import type { SearchDimension } from "../../lib/experiments/samplers/space.js";
import type { PromptOptions } from "../studies/fixed-parameters.js";
import type { StudyOptions } from "../studies/study-options.js";

/** Trials, rows of the proof, and settings to prove, by default. */
export const [DEFAULT_TRIALS, DEFAULT_PROOF_ROWS, DEFAULT_CANDIDATES] = [30, 200, 3];
/** How the next setting is chosen, where nobody says. */
export const DEFAULT_SAMPLER = "gp";

/** A search for the best setting of a space, and its proof. */
export interface OptimizeOptions extends StudyOptions, PromptOptions {
  /** The parameters, with their ranges; `parseSearch` of llmops/study reads them from words. */
  dimensions: readonly SearchDimension[];
  /** What is to be best: a scorer, judge:RUBRIC, a formula, NAME_p95, with :max or :min; several give a front. */
  objectives?: readonly string[] | undefined;
  /** Whether more or less of the only objective is better. */
  direction?: "max" | "min" | undefined;
  /** What a setting has to keep, as "latency_p95<2". */
  where?: readonly string[] | undefined;
  /** Scorers besides those of objectives and constraints. */
  scorers?: readonly string[] | undefined;
  trials?: number | undefined;
  /** How the next setting is chosen: the name of a sampler, with its options after a colon; "gp" when absent. */
  sampler?: string | undefined;
  /** Settings to try first, as "temperature=0.7,top_p=0.9". */
  enqueue?: readonly string[] | undefined;
  /** Earlier studies or runs to learn from, by run id or name. */
  warmStart?: readonly string[] | undefined;
  /** Trials at a time. */
  parallel?: number | undefined;
  /** Stop after so many trials without a better one. */
  patience?: number | undefined;
  /** Stop when less improvement than this is expected. */
  minImprovement?: number | undefined;
  /** Stop trials early that are clearly worse; so it is when absent. */
  race?: boolean | undefined;
  /** The objective of a trial that fails; as bad as the worst one when absent. */
  penalty?: number | undefined;
  /** Completions per row and trial. */
  repeats?: number | undefined;
  /** Rows held out that prove the best against the default; 0 leaves it out. */
  proof?: number | undefined;
  /** Settings that are proven. */
  candidates?: number | undefined;
  /** Completions per row and setting of the proof. */
  proofRepeats?: number | undefined;
  /** Differences of the score below it do not matter. */
  minEffect?: number | undefined;
}
