import { mean, sampleRankCorrelation } from "simple-statistics";
import type { Rubric } from "../judge/rubric.js";
import { confusionMatrix, ordinalAlpha, quadraticKappa, type RatedPair } from "../../base/stats/agreement.js";
import { agreementInterval, type Ratings } from "../../base/stats/agreement-interval.js";
import { estimateMean } from "../../base/stats/estimate.js";
import { pickAnchors } from "./anchors.js";
import type { Anchor, CalibrationCard } from "./calibration-card.js";
import type { Labels } from "./labels.js";

/** A graded row with what people say of it. */
export interface LabeledRow extends Omit<Anchor, "score"> {
  /** Null where the judge could not tell. */
  score: number | null;
  /** A level by each rater, or 1 for passing and 0 for failing; null where one did not look at it. */
  labels: readonly (number | null)[];
}

export interface CalibrationFacts extends Pick<CalibrationCard, "fingerprint" | "judge" | "created" | "dataset"> {
  rubric: Rubric;
  /** The score from which an answer passes. */
  passAt: number;
  /** What people's labels are: levels, or pass and fail, with which the judge's score is compared as passing or failing. */
  labels?: Labels["kind"];
  /** Rows frozen as anchors. */
  anchors: number;
}

/** `judged` is the judge's score on the scale of the labels. */
type Compared = LabeledRow & { score: number; people: number; judged: number };

/** Compares a judge with people over rows that both graded. */
export function toCard(rows: readonly LabeledRow[], facts: CalibrationFacts): CalibrationCard {
  const { rubric, passAt, anchors, labels: kind = "levels", ...rest } = facts;
  const levels = kind === "pass" ? [0, 1] : rubric.levels.map(({ value }) => value);
  const onLabels = (score: number) => (kind === "pass" ? Number(Math.round(score) >= passAt) : score);
  const compared = rows.flatMap(({ score, ...row }): Compared[] => {
    const people = consensus(row.labels);
    return score === null || people === null ? [] : [{ ...row, score, people, judged: onLabels(score) }];
  });
  const pairs = compared.map(({ people, judged }): RatedPair => [people, Math.round(judged)]);
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
    labels: kind,
    kappa: withInterval(pairs, (units) => quadraticKappa(units.map(([a, b]): RatedPair => [a ?? 0, b ?? 0]))),
    alpha: withInterval(
      compared.map(({ labels, judged }) => [...labels, Math.round(judged)]),
      ordinalAlpha,
    ),
    human_kappa:
      raters > 1
        ? withInterval(
            rows.map(({ labels }) => labels),
            ceiling,
          )
        : null,
    exact: share(pairs, ([people, judge]) => people === judge),
    within_one: share(pairs, ([people, judge]) => Math.abs(people - judge) <= 1),
    spearman: spearman(compared),
    bias: toBias(compared, levels),
    majority: { level: levels[counts.indexOf(most)] ?? 0, exact: pairs.length === 0 ? 0 : most / pairs.length },
    levels,
    confusion: confusionMatrix(pairs, levels),
    pass: { ...passing(compared, kind === "pass" ? 1 : passAt), at: passAt },
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

function withInterval(rows: readonly Ratings[], statistic: (rows: readonly Ratings[]) => number): CalibrationCard["kappa"] {
  const value = rows.length === 0 ? Number.NaN : statistic(rows);
  if (!Number.isFinite(value)) return { value: null, low: null, high: null };
  const interval = agreementInterval(rows, statistic);
  return { value, low: interval?.low ?? null, high: interval?.high ?? null };
}

function toBias(compared: readonly Compared[], levels: readonly number[]): CalibrationCard["bias"] {
  const widest = (levels.at(-1) ?? 0) - (levels[0] ?? 0);
  const {
    mean: value,
    low,
    high,
  } = estimateMean(
    compared.map(({ judged, people }) => [judged - people]),
    { bounds: [-widest, widest] },
  );
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
    tpr: good.length === 0 ? null : share(good, ({ judged }) => Math.round(judged) >= at),
    positives: good.length,
    tnr: bad.length === 0 ? null : share(bad, ({ judged }) => Math.round(judged) < at),
    negatives: bad.length,
  };
}

function share<T>(items: readonly T[], test: (item: T) => boolean): number {
  return items.length === 0 ? 0 : items.filter(test).length / items.length;
}
