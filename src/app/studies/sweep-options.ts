import type { Correction } from "../../lib/base/stats/multiplicity.js";
import type { Design } from "../../lib/experiments/study/plan-sweep.js";
import type { Dimension } from "../../lib/experiments/samplers/designs.js";
import type { Setting } from "../../lib/experiments/study/study.js";
import type { PromptOptions } from "./fixed-parameters.js";
import type { StudyGateOptions } from "./study-gates.js";
import type { StudyOptions } from "./study-options.js";

/** How the answers of a study are scored, and settings compared. */
export interface ScoredOptions {
  /** How answers are scored, as `llmops help scorers` names it; the first decides. */
  scorers?: readonly string[] | undefined;
  /** Differences of the score below it do not matter; 0 when absent. */
  minEffect?: number | undefined;
  /** For many comparisons; "holm" when absent. */
  correction?: Correction | undefined;
}

/** A sweep: which settings answer a dataset, and what its result has to hold. */
export interface SweepOptions extends StudyOptions, PromptOptions, ScoredOptions, StudyGateOptions {
  /** The parameters that settings differ in, with their values. */
  dimensions?: readonly Dimension[] | undefined;
  /** How several parameters go together; each is varied alone when absent. "one" is one setting, without dimensions. */
  design?: Design | undefined;
  /** Settings of one's own, beside those of the dimensions. */
  strategies?: readonly Setting[] | undefined;
  /** Compare all others with the first setting. */
  againstFirst?: boolean | undefined;
  /** Completions per row and setting; 3 when absent, or 1 where sampling is greedy. */
  repeats?: number | undefined;
  /** Stop asking a setting once its score's 95 % interval is within this of the mean; add repeats where it is not. */
  untilHalfWidth?: number | undefined;
  /** Drop settings that are clearly worse as soon as that is certain. */
  race?: boolean | undefined;
}
