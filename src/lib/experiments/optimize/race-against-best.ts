import { pairMeans } from "../../base/stats/paired.js";
import { wilcoxonAbove } from "../../base/stats/wilcoxon.js";
import type { Trial } from "../study/search-study.js";
import type { StoppingRule } from "../study/stopping.js";
import { describeSetting } from "../study/study.js";
import { directionOf, type Objective, type Resolved } from "./objective.js";

/** Of all looks at a trial together: how often one that is as good as the best may be stopped. */
const ALPHA = 0.05;

/**
 * Stops a trial that is clearly worse than the setting believed best, over the samples both have. Stops nothing before there is a best
 * one, of several objectives, or of an objective that no sample has a value of.
 */
export function raceAgainstBest(best: Trial | undefined, [objective, ...others]: readonly Resolved<Objective>[]): StoppingRule {
  const scorer = objective?.percentile === undefined ? objective?.scorer : undefined;
  return ({ table, active, looks }) => {
    if (!best || !objective || !scorer || others.length > 0) return [];
    const sign = directionOf(objective) === "max" ? 1 : -1;
    const incumbent = table.values(scorer.name, best.index);
    return active.flatMap((setting) => {
      const differences = pairMeans(table.values(scorer.name, setting), incumbent).map((difference) => sign * difference);
      const isWorse = setting !== best.index && wilcoxonAbove(differences) <= ALPHA / looks;
      return isWorse ? [{ setting, reason: `clearly worse than ${describeSetting(best.params)}` }] : [];
    });
  };
}
