import { z } from "zod";
import { variance } from "simple-statistics";
import { scaleOf, type Rubric } from "../judge/rubric.js";
import { correctedRate } from "../../base/stats/corrected-rate.js";
import { estimateScore, type Bounds, estimateSchema } from "../../base/stats/estimate.js";
import type { CellRecord } from "../study/cell-record.js";
import type { StudyPlan } from "../study/study.js";
import type { CalibrationCard } from "./calibration-card.js";
import { OVERALL } from "./plan-judgement.js";

export const criterionMetricsSchema = estimateSchema.extend({
  variance: z.number().nullable().describe("Population variance and 90th percentile, as MLflow's aggregations have them."),
  p90: z.number().nullable(),
  median: z.number().nullable(),
  unscored: z.number(),
  distribution: z
    .record(z.string(), z.number())
    .nullable()
    .describe("The expected number of rows on each level; null without distributions."),
  entropy: z.number().nullable().describe("Mean entropy in bits; null without distributions."),
  pass: z
    .object({
      at: z.number(),
      rate: z.number(),
      corrected: z
        .object({
          rate: z.number(),
          low: z.number(),
          high: z.number(),
        })
        .nullable(),
    })
    .nullable()
    .describe(
      "How many answers pass, at the level the judge was calibrated for, as it sees them and without its known errors; null without a card.",
    ),
});

/** What is known of one criterion over all rows. */
export type CriterionMetrics = z.infer<typeof criterionMetricsSchema>;

/** What the verdicts on a criterion say beside their score. */
interface RowSpread {
  criterion: string;
  distribution: number[] | null;
  entropy: number | null;
}

/** Every criterion, and all together, over the rows that were graded. */
export function toMetrics(
  plan: StudyPlan,
  records: readonly CellRecord[],
  { rubrics, cards }: { rubrics: readonly Rubric[]; cards: readonly (CalibrationCard | undefined)[] },
  rows: readonly RowSpread[],
): Record<string, CriterionMetrics> {
  return Object.fromEntries(
    plan.scorers.map(({ name }) => {
      const scores = records.flatMap(({ scores: own }) => own?.[name] ?? []);
      const rubric = rubrics.find((one) => one.name === name);
      const own = name === OVERALL ? [] : rows.filter(({ criterion }) => criterion === name);
      const pass = passing(
        scores,
        cards.find((card) => card?.criterion === name),
      );
      return [
        name,
        { ...summarize(scores, boundsOf(rubrics, rubric)), unscored: records.length - scores.length, ...spread(own, rubric), pass },
      ];
    }),
  );
}

function passing(scores: readonly number[], card: CalibrationCard | undefined): CriterionMetrics["pass"] {
  if (!card || scores.length === 0) return null;
  const { at, tpr, tnr, positives, negatives } = card.pass;
  const rate = scores.filter((score) => Math.round(score) >= at).length / scores.length;
  const corrected = tpr === null || tnr === null ? null : correctedRate(rate, scores.length, { tpr, positives, tnr, negatives });
  return { at, rate, corrected };
}

/** The scale of a criterion, or of all together. */
function boundsOf(rubrics: readonly Rubric[], rubric: Rubric | undefined): Bounds {
  const total = rubrics.reduce((sum, { weight }) => sum + weight, 0);
  if (rubric) return [scaleOf(rubric).low, scaleOf(rubric).high];
  const end = (which: "low" | "high") => rubrics.reduce((sum, one) => sum + (one.weight / total) * scaleOf(one)[which], 0);
  return [end("low"), end("high")];
}

function summarize(scores: readonly number[], bounds: Bounds): Omit<CriterionMetrics, "unscored" | "distribution" | "entropy" | "pass"> {
  const estimate = estimateScore(
    scores.map((score) => [score]),
    { kind: "mean", range: bounds },
  );
  if (scores.length === 0) return { ...estimate, variance: null, p90: null, median: null };
  const sorted = [...scores].sort((a, b) => a - b);
  return { ...estimate, variance: variance(sorted), p90: percentile(sorted, 0.9), median: percentile(sorted, 0.5) };
}

/** Linear between neighbors, as numpy's default and so MLflow has it. */
function percentile(sorted: readonly number[], share: number): number {
  const place = (sorted.length - 1) * share;
  const low = sorted[Math.floor(place)] ?? Number.NaN;
  return low + (place - Math.floor(place)) * ((sorted[Math.ceil(place)] ?? low) - low);
}

function spread(rows: readonly RowSpread[], rubric: Rubric | undefined): Pick<CriterionMetrics, "distribution" | "entropy"> {
  const read = rows.flatMap(({ distribution, entropy }) => (distribution && entropy !== null ? [{ distribution, entropy }] : []));
  if (!rubric || read.length === 0) return { distribution: null, entropy: null };
  const total = (level: number) => read.reduce((sum, { distribution }) => sum + (distribution[level] ?? 0), 0);
  return {
    distribution: Object.fromEntries(rubric.levels.map(({ value }, level) => [value, total(level)])),
    entropy: read.reduce((sum, { entropy }) => sum + entropy, 0) / read.length,
  };
}
