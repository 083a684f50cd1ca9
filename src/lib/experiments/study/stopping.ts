import { estimateMean, estimateScore, isRate, type Estimate } from "../../base/stats/estimate.js";
import { pairMeans, type DifferenceScale } from "../../base/stats/paired.js";
import { wilcoxonAbove } from "../../base/stats/wilcoxon.js";
import type { Scorer } from "../scoring/scorer.js";
import type { ScoreTable } from "./score-table.js";
import type { StudyPlan } from "./study.js";

const ALPHA = 0.05;
/** An interval of fewer samples is not yet worth stopping for. */
const FEWEST_SAMPLES = 20;

/** The state of a study when a rule looks at it. */
export interface Look {
  plan: StudyPlan;
  table: ScoreTable;
  /** Settings still asked. */
  active: readonly number[];
  /** How often a rule looks at most. */
  looks: number;
}

/** Says which settings need no further samples, with the reason. */
export type StoppingRule = (look: Look) => { setting: number; reason: string }[];

/**
 * Drops settings that are clearly worse than the best so far: Wilcoxon's test over the samples both have, at 5 % shared
 * out evenly over looks and settings (Bonferroni), so that looking often stays honest.
 */
export const racing: StoppingRule = ({ plan, table, active, looks }) => {
  const { name, direction } = plan.primary;
  if (direction === "none" || active.length < 2) return [];
  const sign = direction === "max" ? 1 : -1;
  const values = new Map(active.map((setting) => [setting, table.values(name, setting)]));
  const ranked = active
    .map((setting) => ({ setting, mean: sign * estimateMean(values.get(setting) ?? []).mean }))
    .filter(({ mean }) => !Number.isNaN(mean))
    .sort((a, b) => b.mean - a.mean);
  const [best, ...others] = ranked;
  if (!best) return [];
  const alpha = ALPHA / looks / Math.max(1, plan.settings.length - 1);
  return others.flatMap(({ setting }) => {
    const differences = pairMeans(values.get(setting) ?? [], values.get(best.setting) ?? []).map((difference) => sign * difference);
    return wilcoxonAbove(differences) <= alpha ? [{ setting, reason: "clearly worse" }] : [];
  });
};

/** Stops a setting once the interval of its primary score is no wider than plus and minus `halfWidth`. */
export function narrowEnough(halfWidth: number): StoppingRule {
  return ({ plan, table, active }) =>
    active.flatMap((setting) => {
      const { n, low, high } = estimateScores(plan.primary, table, setting);
      const narrow = n >= FEWEST_SAMPLES && low !== null && high !== null && (high - low) / 2 <= halfWidth;
      return narrow ? [{ setting, reason: "interval narrow enough" }] : [];
    });
}

/** The estimate of a scorer for a setting. */
export function estimateScores(scorer: Scorer, table: ScoreTable, setting: number): Estimate {
  return estimateScore(table.values(scorer.name, setting), scorer, table.isBinary(scorer.name));
}

/** How far two values of a scorer can lie apart; `isBinary`: all that it gave are 0 or 1. */
export function differenceScale({ kind, range }: Pick<Scorer, "kind" | "range">, isBinary = false): DifferenceScale {
  if (isRate({ kind, range }, isBinary)) return { largest: 1, binary: true };
  return { largest: range ? range[1] - range[0] : undefined };
}
