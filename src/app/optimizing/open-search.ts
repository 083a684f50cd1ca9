import { join } from "node:path";
import type { OptimizationPlan } from "../../lib/experiments/optimize/plan-optimization.js";
import { TrialLog } from "../../lib/experiments/optimize/trial-log.js";
import type { Plugins } from "../../lib/experiments/plugins/load-plugins.js";
import type { TargetPool } from "../../lib/experiments/study/target-pool.js";
import type { RecordedParts } from "../studies/record-study.js";
import { DEFAULT_SEED } from "../studies/study-defaults.js";
import { studyFolder } from "../studies/study-folders.js";
import type { Question } from "./optimization-question.js";
import { DEFAULT_CANDIDATES, DEFAULT_SAMPLER, DEFAULT_TRIALS, type OptimizeOptions } from "./optimize-options.js";
import { proofJournals, type KnownTrials } from "./search-history.js";

/** A search that is open: its question, its plans, what it asks and where it is kept. */
export interface OpenSearch extends Omit<RecordedParts, "experiment" | "budget"> {
  question: Question;
  plans: OptimizationPlan;
  plugins: Plugins;
  targets: TargetPool;
}

/** How the search goes, and what proves it; `onRepeat` hears, once, that a setting was proposed again. */
export function searchOf(
  options: OptimizeOptions,
  { question, plans, plugins, journal, origin }: OpenSearch,
  { known, onRepeat }: { known: KnownTrials; onRepeat: () => void },
) {
  const { objectives, constraints, dimensions, enqueue } = question;
  const folder = join(studyFolder(), journal.header.id);
  const { seed = DEFAULT_SEED, sampler = DEFAULT_SAMPLER } = options;
  return {
    ...{ objectives, constraints, heldOut: plans.heldOut, search: { dimensions, seed, sampler, plugins, enqueue, known, onRepeat } },
    ...{ trials: options.trials ?? DEFAULT_TRIALS, parallel: options.parallel ?? 1, race: options.race ?? true },
    ...{ patience: options.patience, leastImprovement: options.minImprovement, penalty: options.penalty, log: new TrialLog(folder) },
    ...{ candidates: options.candidates ?? DEFAULT_CANDIDATES, proofRepeats: options.proofRepeats },
    openProofJournal: proofJournals(origin, folder),
  };
}
