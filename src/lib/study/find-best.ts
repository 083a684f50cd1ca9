import { mean } from "simple-statistics";
import { holm } from "../stats/holm.js";
import { signFlipTest } from "../stats/sign-flip.js";
import { valuesBySample } from "./cell-values.js";
import type { FinishedCell, Setting, SettingSummary, StudyPlan } from "./study.js";

const ALPHA = 0.05;

/** The setting with the highest accuracy, and those that the data cannot tell from it. */
export interface Best {
  index: number;
  params: Setting;
  accuracy: number;
  /** Settings not significantly worse (paired sign-flip test over samples, Holm, alpha 0.05). */
  tiedWith: { index: number; params: Setting; pValue: number }[];
}

/** The best setting by the primary scorer; null when nothing was scored. */
export function findBest(plan: StudyPlan, finished: readonly FinishedCell[], settings: readonly SettingSummary[]): Best | null {
  const ranked = settings
    .map(({ params, metrics }, index) => ({ params, index, accuracy: metrics["accuracy"]?.mean ?? Number.NaN }))
    .filter((entry) => !Number.isNaN(entry.accuracy))
    .sort((a, b) => b.accuracy - a.accuracy || a.index - b.index);
  const [best, ...others] = ranked;
  if (!best) return null;
  const sampleMeans = (index: number) =>
    valuesBySample(
      plan,
      plan.primary,
      finished.filter((cell) => cell.setting === index),
    ).map((values) => (values.length > 0 ? mean(values) : null));
  const bestMeans = sampleMeans(best.index);
  const pValues = holm(others.map((other) => signFlipTest(pairedDifferences(bestMeans, sampleMeans(other.index)))));
  const tied = others.flatMap(({ index, params }, i) => {
    const pValue = pValues[i] ?? 1;
    return pValue > ALPHA ? [{ index, params, pValue }] : [];
  });
  return { ...best, tiedWith: tied };
}

function pairedDifferences(a: readonly (number | null)[], b: readonly (number | null)[]): number[] {
  return a.flatMap((value, i) => {
    const other = b[i] ?? null;
    return value === null || other === null ? [] : [value - other];
  });
}
