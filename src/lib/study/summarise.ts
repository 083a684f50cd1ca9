import { estimateMean, estimateRate, type Estimate } from "../stats/estimate.js";
import type { Scorer } from "../scoring/scorer.js";
import { valuesBySample } from "./cell-values.js";
import { findBest, type Best } from "./find-best.js";
import type { FinishedCell, SettingSummary, StudyPlan } from "./study.js";

export interface StudySummary {
  settings: SettingSummary[];
  best: Best | null;
}

/** Estimates of every scorer for every setting, and which setting is best. */
export function summarise(plan: StudyPlan, finished: readonly FinishedCell[]): StudySummary {
  const settings = plan.settings.map((params, index) => {
    const cells = finished.filter((cell) => cell.setting === index);
    const metrics: Record<string, Estimate> = { accuracy: estimate(plan, plan.primary, cells) };
    for (const scorer of plan.scorers) metrics[scorer.name] = estimate(plan, scorer, cells);
    const failed = cells.filter((cell) => !cell.outcome.ok).length;
    const planned = (plan.repeats[index] ?? 0) * plan.dataset.samples.length;
    return { params, metrics, cells: { done: cells.length, failed, planned } };
  });
  return { settings, best: findBest(plan, finished, settings) };
}

function estimate(plan: StudyPlan, scorer: Scorer, cells: readonly FinishedCell[]): Estimate {
  const groups = valuesBySample(plan, scorer, cells);
  return scorer.kind === "rate" ? estimateRate(groups) : estimateMean(groups);
}
