import { mean, sampleRankCorrelation } from "simple-statistics";
import type { Rubric } from "../judge/rubric.js";
import { confusionMatrix, ordinalAlpha, quadraticKappa, type RatedPair } from "../stats/agreement.js";
import { bootstrapInterval } from "../stats/bootstrap.js";
import { estimateMean } from "../stats/estimate.js";
import { pickAnchors } from "./anchors.js";
import type { Anchor, CalibrationCard } from "./calibration-card.js";

/** A graded row with what people say of it. */
export interface LabelledRow extends Omit<Anchor, "score"> {
  /** Null where the judge could not tell. */
  score: number | null;
  /** A level by each rater; null where one did not look at it. */
  labels: readonly (number | null)[];
}

export interface CalibrationFacts extends Pick<CalibrationCard, "fingerprint" | "judge" | "created" | "dataset"> {
  rubric: Rubric;
  /** The score from which an answer passes. */
  passAt: number;
  /** Rows frozen as anchors. */
  anchors: number;
}

type Compared = LabelledRow & { score: number; people: number };

/** Compares a judge with people over rows that both graded. */
export function toCard(rows: readonly LabelledRow[], facts: CalibrationFacts): CalibrationCard {
  const { rubric, passAt, anchors, ...rest } = facts;
  const levels = rubric.levels.map(({ value }) => value);
  const compared = rows.flatMap(({ score, ...row }): Compared[] => {
    const people = consensus(row.labels);
    return score === null || people === null ? [] : [{ ...row, score, people }];
  });
  const pairs = compared.map(({ people, score }): RatedPair => [people, Math.round(score)]);
  const raters = rows[0]?.labels.length ?? 0;
  const counts = levels.map((level) => pairs.filter(([people]) => people === level).length);
  const most = Math.max(...counts);
  return {
    schema: "llmops.judge-card/1",
    criterion: rubric.name,
    ...rest,
    rows: compared.length,
    unscored: rows.filter(({ score }) => score === null).length,
    raters,
    kappa: withInterval(compared.length, (units) => quadraticKappa(units.map((unit) => pairs[unit] as RatedPair))),
    alpha: withInterval(compared.length, (units) =>
      ordinalAlpha(units.map((unit) => [...(compared[unit]?.labels ?? []), Math.round(compared[unit]?.score ?? 0)])),
    ),
    human_kappa: raters > 1 ? withInterval(rows.length, (units) => ceiling(units.map((unit) => rows[unit]?.labels ?? []))) : null,
    exact: share(pairs, ([people, judge]) => people === judge),
    within_one: share(pairs, ([people, judge]) => Math.abs(people - judge) <= 1),
    spearman: spearman(compared),
    bias: toBias(compared),
    majority: { level: levels[counts.indexOf(most)] ?? 0, exact: pairs.length === 0 ? 0 : most / pairs.length },
    levels,
    confusion: confusionMatrix(pairs, levels),
    pass: passing(compared, passAt),
    anchors: pickAnchors(
      compared.map(({ id, question, answer, reference, context, score }) => ({
        ...{ id, question, answer, score },
        ...(reference !== undefined && { reference }),
        ...(context !== undefined && { context }),
      })),
      anchors,
    ),
  };
}

/** The level people agree on: their median, the lower of two middle ones. */
export function consensus(labels: readonly (number | null)[]): number | null {
  const given = labels.flatMap((label) => (label === null ? [] : [label])).sort((a, b) => a - b);
  return given[Math.floor((given.length - 1) / 2)] ?? null;
}

/** The mean kappa of all pairs of people. */
function ceiling(units: readonly (readonly (number | null)[])[]): number {
  const raters = units[0]?.length ?? 0;
  const kappas: number[] = [];
  for (let a = 0; a < raters; a++) {
    for (let b = a + 1; b < raters; b++) {
      const both = units.flatMap((labels): RatedPair[] => {
        const [first, second] = [labels[a] ?? null, labels[b] ?? null];
        return first === null || second === null ? [] : [[first, second]];
      });
      kappas.push(quadraticKappa(both));
    }
  }
  return mean(kappas);
}

function withInterval(n: number, statistic: (units: readonly number[]) => number): CalibrationCard["kappa"] {
  const value = n === 0 ? Number.NaN : statistic(Array.from({ length: n }, (_, i) => i));
  if (!Number.isFinite(value)) return { value: null, low: null, high: null };
  const interval = bootstrapInterval(n, statistic);
  return { value, low: interval?.low ?? null, high: interval?.high ?? null };
}

function toBias(compared: readonly Compared[]): CalibrationCard["bias"] {
  const { mean: value, low, high } = estimateMean(compared.map(({ score, people }) => [score - people]));
  return { value: Number.isNaN(value) ? null : value, low, high };
}

function spearman(compared: readonly Compared[]): number | null {
  const [people, judge] = [compared.map((row) => row.people), compared.map((row) => row.score)];
  if (new Set(people).size < 2 || new Set(judge).size < 2) return null;
  return sampleRankCorrelation(people, judge);
}

function passing(compared: readonly Compared[], at: number): CalibrationCard["pass"] {
  const [good, bad] = [compared.filter(({ people }) => people >= at), compared.filter(({ people }) => people < at)];
  return {
    at,
    tpr: good.length === 0 ? null : share(good, ({ score }) => Math.round(score) >= at),
    positives: good.length,
    tnr: bad.length === 0 ? null : share(bad, ({ score }) => Math.round(score) < at),
    negatives: bad.length,
  };
}

function share<T>(items: readonly T[], test: (item: T) => boolean): number {
  return items.length === 0 ? 0 : items.filter(test).length / items.length;
}
