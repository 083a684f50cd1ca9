import type { ModelCost } from "../../inference/openai/completion-target.js";
import type { Estimate } from "../../base/stats/estimate.js";
import { AllPairs } from "../../base/stats/all-pairs.js";
import type { JudgedDifference } from "../../base/stats/compare-family.js";
import { letterDisplay } from "../../base/stats/letters.js";
import { paretoFront } from "../../base/stats/pareto.js";
import { reliability, type Reliability } from "../../base/stats/repeats.js";
import type { CellCounts, ScoreTable } from "./score-table.js";
import type { StudyRun } from "./study-ledger.js";
import { differenceScale, estimateScores } from "./stopping.js";
import { plannedCells, primaryMetric, type Setting, type StudyPlan } from "./study.js";

/** One setting's results. */
export interface SettingSummary {
  params: Setting;
  /** By scorer; the primary one also under the study's metric. */
  metrics: Record<string, Estimate>;
  /** Of a primary score of rights and wrongs with repeats. */
  reliability: Reliability | undefined;
  cells: CellCounts & { planned: number };
  /** By scorer: answers it gave no value, where there are any. */
  unscored: Record<string, number>;
  /** Settings that share a letter are not told apart. */
  letters: string;
  /** What the setting's model takes, where it runs in this process. */
  model: ModelCost | undefined;
  /** No other setting is at least as good and as fast, and where models differ as small, and better in one. */
  pareto: boolean;
  /** Why it was not asked everything. */
  stopped: string | undefined;
  /** With the reference; undefined for itself, or without scores. */
  comparison: JudgedDifference | undefined;
}

export interface StudySummary {
  settings: SettingSummary[];
  /** What the others are compared with: the plan's reference, or the best, or the highest where none is best. */
  reference: number | undefined;
  /** The setting with the best primary score that none is found to be better than; none where more of it is neither good nor bad. */
  best: number | undefined;
  /** Settings that are not told apart from the best. */
  tied: number[];
  /** Pairs of settings that were compared, as one family. */
  pairs: number;
}

/**
 * Estimates, comparisons and the best of a study; `models` are what its settings' models take, where that is known. Letters, ties,
 * verdicts and the best come from one family of comparisons, all pairs of settings that have a score (see `AllPairs`).
 */
export function summarize(
  plan: StudyPlan,
  { table, stopped }: Pick<StudyRun, "table" | "stopped">,
  models: readonly (ModelCost | undefined)[] = [],
  pairs = new AllPairs(...pairsOf(plan, table)),
): StudySummary {
  const values = plan.settings.map((_, setting) => table.values(plan.primary.name, setting));
  const estimates = plan.settings.map((_, setting) => estimateAll(plan, table, setting));
  const ranked = rank(plan, table);
  const placeOf = new Map(ranked.map((setting, place) => [setting, place]));
  const letters = letterDisplay(ranked.length, (a, b) => pairs.differs(a, b));
  const best = plan.primary.direction === "none" ? undefined : findBest(ranked, pairs);
  const reference = plan.reference ?? best ?? ranked[0];
  const from = reference === undefined ? undefined : placeOf.get(reference);
  const compare = (place: number | undefined) =>
    from === undefined || place === undefined || place === from ? undefined : pairs.compare(from, place);
  const pareto = findPareto(plan, estimates, models);
  const settings = plan.settings.map((params, setting) => ({
    params,
    metrics: estimates[setting] ?? {},
    reliability: plan.primary.kind === "rate" ? reliability(values[setting] ?? []) : undefined,
    cells: cellsOf(plan, table, setting),
    unscored: unscoredOf(plan, table, setting),
    letters: letters[placeOf.get(setting) ?? -1] ?? "",
    model: models[setting],
    pareto: pareto[setting] ?? false,
    stopped: stopped.get(setting),
    comparison: compare(placeOf.get(setting)),
  }));
  const first = best === undefined ? undefined : placeOf.get(best);
  const tied = first === undefined ? [] : ranked.filter((_, place) => place !== first && !pairs.differs(first, place));
  return { settings, reference, best, tied, pairs: pairs.pairs };
}

/** One setting by itself, compared with none. */
export function summarizeSetting(
  plan: StudyPlan,
  { table, stopped }: Pick<StudyRun, "table" | "stopped">,
  setting: number,
): SettingSummary {
  return {
    params: plan.settings[setting] ?? {},
    metrics: estimateAll(plan, table, setting),
    reliability: undefined,
    cells: cellsOf(plan, table, setting),
    unscored: unscoredOf(plan, table, setting),
    model: undefined,
    ...{ letters: "", pareto: false, stopped: stopped.get(setting), comparison: undefined },
  };
}

function unscoredOf(plan: StudyPlan, table: ScoreTable, setting: number): Record<string, number> {
  const counts = plan.scorers.map(({ name }) => [name, table.unscoredBy(name, setting)] as const);
  return Object.fromEntries(counts.filter(([, count]) => count > 0));
}

function estimateAll(plan: StudyPlan, table: ScoreTable, setting: number): Record<string, Estimate> {
  const metrics: Record<string, Estimate> = { [primaryMetric(plan)]: estimateScores(plan.primary, table, setting) };
  for (const scorer of plan.scorers) metrics[scorer.name] = estimateScores(scorer, table, setting);
  return metrics;
}

/** What AllPairs compares of a study: the settings that have a primary score, the best first. */
export function pairsOf(plan: StudyPlan, table: ScoreTable): Parameters<typeof AllPairs.inSlices> {
  const ranked = rank(plan, table);
  const named = plan.reference === null ? -1 : ranked.indexOf(plan.reference);
  return [
    ranked.map((setting) => table.values(plan.primary.name, setting)),
    {
      ...{ correction: plan.correction, direction: plan.primary.direction, minEffect: plan.minEffect },
      ...{ reference: named < 0 ? undefined : named, scale: differenceScale(plan.primary, table.isBinary(plan.primary.name)) },
    },
  ];
}

/** Settings that have a primary score, best first. */
export function rank(plan: StudyPlan, table: ScoreTable): number[] {
  const sign = plan.primary.direction === "min" ? -1 : 1;
  const means = plan.settings.map((_, setting) => sign * estimateScores(plan.primary, table, setting).mean);
  const mean = (setting: number) => means[setting] ?? Number.NaN;
  return plan.settings
    .map((_, setting) => setting)
    .filter((setting) => !Number.isNaN(mean(setting)))
    .sort((a, b) => mean(b) - mean(a) || a - b);
}

/** The highest that none is found to be better than: with rows missing, a lower mean can belong to the better setting. */
function findBest(ranked: readonly number[], pairs: AllPairs): number | undefined {
  return ranked.find((_, place) => !ranked.some((_, other) => other !== place && pairs.beats(other, place)));
}

/** Quality against speed. */
function findPareto(
  plan: StudyPlan,
  estimates: readonly Record<string, Estimate>[],
  models: readonly (ModelCost | undefined)[],
): boolean[] {
  if (plan.primary.direction === "none") return plan.settings.map(() => false);
  const sign = plan.primary.direction === "min" ? -1 : 1;
  return paretoFront(
    estimates.map((metrics, setting) => [
      sign * (metrics[plan.primary.name]?.mean ?? Number.NaN),
      -(metrics["latency_seconds"]?.mean ?? Number.NaN),
      -(models[setting]?.memoryBytes ?? 0),
    ]),
  );
}

/** What became of a setting's cells, and how many there are to be: as planned, or whole repeats more where an interval was too wide. */
export function cellsOf(plan: StudyPlan, table: ScoreTable, setting: number): SettingSummary["cells"] {
  const counts = table.counts(setting);
  const samples = plan.dataset.samples.length;
  return { ...counts, planned: Math.max(plannedCells(plan, setting), Math.ceil(counts.done / Math.max(1, samples)) * samples) };
}
