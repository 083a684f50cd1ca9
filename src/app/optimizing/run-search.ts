import { counted } from "../../lib/base/errors/counted.js";
import { directionOf } from "../../lib/experiments/optimize/objective.js";
import type { OptimizationResult } from "../../lib/experiments/optimize/optimization-result.js";
import { optimizePlan } from "../../lib/experiments/optimize/optimize.js";
import type { Plugins } from "../../lib/experiments/plugins/load-plugins.js";
import { SearchStudy } from "../../lib/experiments/study/search-study.js";
import { describeSearch } from "../../lib/report/optimization-table.js";
import type { Host } from "../host/host.js";
import { recordStudy } from "../studies/record-study.js";
import { DEFAULT_SEED } from "../studies/study-defaults.js";
import { searchOf, type OpenSearch } from "./open-search.js";
import type { Question } from "./optimization-question.js";
import { DEFAULT_SAMPLER, DEFAULT_TRIALS, type OptimizeOptions } from "./optimize-options.js";
import { learnFrom } from "./search-history.js";
import { tellSearch } from "./tell-search.js";

/**
 * Tries out the beginning of a search, before a model is opened for it. Throws INVALID_ARGUMENT for an unknown sampler, for one that cannot
 * search this space, and for a setting to try first that is not in it; PLUGIN_FAILED for a plugin's sampler that cannot be made.
 */
export function checkSearch(
  { seed = DEFAULT_SEED, sampler = DEFAULT_SAMPLER }: OptimizeOptions,
  question: Question,
  plugins: Plugins,
): void {
  const { dimensions, objectives, enqueue } = question;
  new SearchStudy({ dimensions, direction: objectives.map(directionOf), seed, sampler, enqueue, plugins });
}

/** Searches and proves, in a tracker, telling the host of every trial. */
export function runSearch(options: OptimizeOptions, search: OpenSearch, host: Host): Promise<OptimizationResult> {
  const { question, plans, targets, ...parts } = search;
  const { objectives } = question;
  const { samples } = plans.search.dataset;
  const { trials = DEFAULT_TRIALS, sampler = DEFAULT_SAMPLER } = options;
  const onRepeat = () =>
    host.note(`The sampler ${sampler} chose a setting again; in its place, here and from now on, a random one is tried.`);
  return recordStudy(options, { ...parts, experiment: "optimize", kind: "optimize" }, host, async (context) => {
    const known = await learnFrom(context.store, { runs: options.warmStart ?? [], question }, host);
    const unproven = plans.heldOut ? "" : " No rows are held out, so nothing will be proven.";
    const aims = objectives.map(({ name }) => name).join(", ");
    host.note(`Up to ${counted(trials, "trial")} over ${counted(samples.length, "row")} each, sampler ${sampler}, for ${aims}.${unproven}`);
    const own = { ...context, ...searchOf(options, search, { known, onRepeat }) };
    return host.withProgress(undefined, "completions", (onCell, say, below) =>
      optimizePlan(plans.search, targets, {
        ...own,
        onCell,
        describe: describeSearch,
        ...tellSearch({ say, below }, { objectives, trials, plans }),
      }),
    );
  });
}
