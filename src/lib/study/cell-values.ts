import type { Scorer } from "../scoring/scorer.js";
import type { FinishedCell, StudyPlan } from "./study.js";

/** The values a scorer gave, grouped by sample; failed and unscored cells are left out. */
export function valuesBySample(plan: StudyPlan, scorer: Scorer, cells: readonly FinishedCell[]): number[][] {
  const groups: number[][] = plan.dataset.samples.map(() => []);
  for (const cell of cells) {
    const value = cell.outcome.ok ? (cell.outcome.scores[scorer.name]?.value ?? null) : null;
    if (value !== null) groups[cell.sample]?.push(value);
  }
  return groups;
}
