import { join } from "node:path";
import { counted } from "../../lib/base/errors/counted.js";
import type { OptimizationResult } from "../../lib/experiments/optimize/optimization-result.js";
import { optimizePlan } from "../../lib/experiments/optimize/optimize.js";
import type { OptimizationPlan } from "../../lib/experiments/optimize/plan-optimization.js";
import { TrialLog } from "../../lib/experiments/optimize/trial-log.js";
import type { Plugins } from "../../lib/experiments/plugins/load-plugins.js";
import type { TargetPool } from "../../lib/experiments/study/target-pool.js";
import { describeTrial } from "../../lib/report/optimization-table.js";
import type { Host } from "../host/host.js";
import { recordStudy, type RecordedParts } from "../studies/record-study.js";
import { DEFAULT_SEED } from "../studies/study-defaults.js";
import { studyFolder } from "../studies/study-folders.js";
import type { Question } from "./optimization-question.js";
import { DEFAULT_CANDIDATES, DEFAULT_TRIALS, type OptimizeOptions } from "./optimize-options.js";
import { learnFrom, proofJournals, type KnownTrials } from "./search-history.js";

/** A search that is open: its question, its plans, what it asks and where it is kept. */
export interface OpenSearch extends Omit<RecordedParts, "experiment" | "budget"> {
  question: Question;
  plans: OptimizationPlan;
  plugins: Plugins;
  targets: TargetPool;
}

/** Searches and proves, in a tracker, telling the host of every trial. */
export function runSearch(options: OptimizeOptions, search: OpenSearch, host: Host): Promise<OptimizationResult> {
  const { question, plans, targets, ...parts } = search;
  const { objectives } = question;
  const { samples } = plans.search.dataset;
  const { trials = DEFAULT_TRIALS, sampler = "gp" } = options;
  return recordStudy(options, { ...parts, experiment: "optimize" }, host, async (context) => {
    const known = await learnFrom(context.store, { runs: options.warmStart ?? [], question }, host);
    const unproven = plans.heldOut ? "" : " No rows are held out: nothing will be proven.";
    const aims = objectives.map(({ name }) => name).join(", ");
    host.note(`Up to ${counted(trials, "trial")} over ${counted(samples.length, "row")} each, sampler ${sampler}, for ${aims}.${unproven}`);
    const own = { ...context, ...searchOf(options, search, known) };
    return host.withProgress(undefined, "completions", (onCell, say) =>
      optimizePlan(plans.search, targets, {
        ...own,
        onCell,
        onTrial: (optimization, index) => say(describeTrial(optimization, objectives, { index, trials })),
        onProof: (cells) => say(announceProof(plans, cells)),
      }),
    );
  });
}

function announceProof({ heldOut }: OptimizationPlan, cells: number): string {
  const rows = counted(heldOut?.samples.length ?? 0, "row");
  return `Proof: the best and the default on ${rows} no trial saw, ${counted(cells, "completion")}.`;
}

/** How the search goes, and what proves it. */
function searchOf(options: OptimizeOptions, { question, plans, plugins, journal, origin }: OpenSearch, known: KnownTrials) {
  const { objectives, constraints, dimensions, enqueue } = question;
  const folder = join(studyFolder(), journal.header.id);
  const { seed = DEFAULT_SEED, sampler = "gp" } = options;
  return {
    ...{ objectives, constraints, heldOut: plans.heldOut, search: { dimensions, seed, sampler, plugins, enqueue, known } },
    ...{ trials: options.trials ?? DEFAULT_TRIALS, parallel: options.parallel ?? 1, race: options.race ?? true },
    ...{ patience: options.patience, leastImprovement: options.minImprovement, penalty: options.penalty, log: new TrialLog(folder) },
    ...{ candidates: options.candidates ?? DEFAULT_CANDIDATES, proofRepeats: options.proofRepeats },
    openProofJournal: proofJournals(origin, folder),
  };
}
