import type { ModelCost } from "../openai/completion-target.js";
import type { Estimate } from "../stats/estimate.js";
import { letterDisplay } from "../stats/letters.js";
import { correct } from "../stats/multiplicity.js";
import { comparePaired, pairMeans, type PairedDifference } from "../stats/paired.js";
import { paretoFront } from "../stats/pareto.js";
import { reliability, type Reliability } from "../stats/repeats.js";
import { furtherSamples, isProven, toVerdict, type Verdict } from "../stats/verdict.js";
import type { CellCounts, ScoreTable } from "./score-table.js";
import type { StudyRun } from "./run-study.js";
import { estimateScores } from "./stopping.js";
import { primaryMetric, type Setting, type StudyPlan } from "./study.js";

/** A setting beside the one it is compared with, by the primary score; the p value is corrected. */
export interface SettingComparison extends PairedDifference {
  verdict: Verdict;
  /** How many more samples would probably tell; null where nothing differs or it is told. */
  furtherSamples: number | null;
}

/** One setting's results. */
export interface SettingSummary {
  params: Setting;
  /** By scorer; the primary one also under the study's metric. */
  metrics: Record<string, Estimate>;
  /** Of a primary score of rights and wrongs with repeats. */
  reliability: Reliability | undefined;
  cells: CellCounts & { planned: number };
  /** Settings that share a letter are not told apart. */
  letters: string;
  /** What the setting's model takes, where it runs in this process. */
  model: ModelCost | undefined;
  /** No other setting is at least as good and as fast, and where models differ as small, and better in one. */
  pareto: boolean;
  /** Why it was not asked everything. */
  stopped: string | undefined;
  /** With the reference; undefined for itself, or without scores. */
  comparison: SettingComparison | undefined;
}

export interface StudySummary {
  settings: SettingSummary[];
  /** What the others are compared with: the plan's reference, or the best, or the highest where none is best. */
  reference: number | undefined;
  /** The setting with the best primary score; none where more of it is neither good nor bad. */
  best: number | undefined;
  /** Settings the data cannot tell from the best. */
  tied: number[];
}

/** Estimates, comparisons and the best of a study; `models` are what its settings' models take, where that is known. */
export function summarise(
  plan: StudyPlan,
  { table, stopped }: Pick<StudyRun, "table" | "stopped">,
  models: readonly (ModelCost | undefined)[] = [],
): StudySummary {
  const values = plan.settings.map((_, setting) => table.values(plan.primary.name, setting));
  const estimates = plan.settings.map((_, setting) => estimateAll(plan, table, setting));
  const ranked = rank(plan, estimates);
  const best = plan.primary.direction === "none" ? undefined : ranked[0];
  const differs = pairwise(plan, values, ranked);
  const letters = letterDisplay(ranked.length, (a, b) => differs(ranked[a] ?? 0, ranked[b] ?? 0));
  const reference = plan.reference ?? ranked[0];
  const comparisons = compareWith(plan, values, reference, ranked);
  const pareto = findPareto(plan, estimates, models);
  const settings = plan.settings.map((params, setting) => ({
    params,
    metrics: estimates[setting] ?? {},
    reliability: plan.primary.kind === "rate" ? reliability(values[setting] ?? []) : undefined,
    cells: { ...table.counts(setting), planned: (plan.repeats[setting] ?? 0) * plan.dataset.samples.length },
    letters: letters[ranked.indexOf(setting)] ?? "",
    model: models[setting],
    pareto: pareto[setting] ?? false,
    stopped: stopped.get(setting),
    comparison: comparisons.get(setting),
  }));
  const tied = best === undefined ? [] : ranked.filter((setting) => setting !== best && !differs(best, setting));
  return { settings, reference, best, tied };
}

/** One setting by itself, compared with none. */
export function summariseSetting(
  plan: StudyPlan,
  { table, stopped }: Pick<StudyRun, "table" | "stopped">,
  setting: number,
): SettingSummary {
  const planned = (plan.repeats[setting] ?? 0) * plan.dataset.samples.length;
  return {
    params: plan.settings[setting] ?? {},
    metrics: estimateAll(plan, table, setting),
    reliability: undefined,
    cells: { ...table.counts(setting), planned },
    model: undefined,
    ...{ letters: "", pareto: false, stopped: stopped.get(setting), comparison: undefined },
  };
}

function estimateAll(plan: StudyPlan, table: ScoreTable, setting: number): Record<string, Estimate> {
  const metrics: Record<string, Estimate> = { [primaryMetric(plan)]: estimateScores(plan.primary, table, setting) };
  for (const scorer of plan.scorers) metrics[scorer.name] = estimateScores(scorer, table, setting);
  return metrics;
}

/** Settings that have a primary score, best first. */
function rank(plan: StudyPlan, estimates: readonly Record<string, Estimate>[]): number[] {
  const sign = plan.primary.direction === "min" ? -1 : 1;
  const mean = (setting: number) => sign * (estimates[setting]?.[plan.primary.name]?.mean ?? Number.NaN);
  return plan.settings
    .map((_, setting) => setting)
    .filter((setting) => !Number.isNaN(mean(setting)))
    .sort((a, b) => mean(b) - mean(a) || a - b);
}

/** Whether two settings differ: all pairs tested, corrected as one family, which covers that the best was picked by the data. */
function pairwise(plan: StudyPlan, values: readonly number[][][], ranked: readonly number[]): (a: number, b: number) => boolean {
  const pairs = ranked.flatMap((a, i) => ranked.slice(i + 1).map((b) => [a, b] as const));
  const raw = pairs.map(([a, b]) => comparePaired(pairMeans(values[a] ?? [], values[b] ?? [])));
  const pValues = correct(
    raw.map(({ pValue }) => pValue),
    plan.correction,
  );
  const isTold = (i: number) => isProven({ ...(raw[i] as PairedDifference), pValue: pValues[i] ?? 1 });
  const told = new Set(pairs.filter((_, i) => isTold(i)).map(([a, b]) => `${a} ${b}`));
  return (a, b) => told.has(`${a} ${b}`) || told.has(`${b} ${a}`);
}

function compareWith(
  plan: StudyPlan,
  values: readonly number[][][],
  reference: number | undefined,
  ranked: readonly number[],
): Map<number, SettingComparison> {
  if (reference === undefined) return new Map();
  const others = ranked.filter((setting) => setting !== reference);
  const raw = others.map((setting) => comparePaired(pairMeans(values[reference] ?? [], values[setting] ?? [])));
  const pValues = correct(
    raw.map(({ pValue }) => pValue),
    plan.correction,
  );
  const { direction } = plan.primary;
  return new Map(
    others.map((setting, i) => {
      const difference = { ...(raw[i] as PairedDifference), pValue: pValues[i] ?? 1 };
      const verdict = toVerdict(difference, { direction, minEffect: plan.minEffect });
      return [setting, { ...difference, verdict, furtherSamples: verdict === "cannot tell" ? furtherSamples(difference) : null }];
    }),
  );
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
