import { z } from "zod";
import type { Judge } from "../judge/judge.js";
import type { Rubric } from "../judge/rubric.js";
import { comparePaired } from "../../base/stats/paired.js";
import { isProven } from "../../base/stats/verdict.js";
import type { Anchor, CalibrationCard } from "./calibration-card.js";

/** A shift smaller than this is rounding: batches of other sizes round differently. */
const ROUNDING = 0.05;

export const judgeShiftSchema = z.record(
  z.string(),
  z.object({
    anchors: z.number(),
    mean: z.number().nullable(),
    low: z.number().nullable(),
    high: z.number().nullable(),
    moved: z.boolean(),
  }),
);

/** How far a judge has moved since it was calibrated, by criterion. */
export type JudgeShift = z.infer<typeof judgeShiftSchema>;

/** So many frozen answers, spread evenly over the scores they got. */
export function pickAnchors(rows: readonly Anchor[], count: number): Anchor[] {
  const sorted = [...rows].sort((a, b) => a.score - b.score || (a.id < b.id ? -1 : 1));
  if (sorted.length <= count) return sorted;
  return Array.from({ length: count }, (_, i) => sorted[Math.round((i * (sorted.length - 1)) / Math.max(1, count - 1))] as Anchor);
}

/** Grades the anchors of the cards again. Null where no judge has a card with anchors. */
export async function measureShift(
  graded: readonly { rubric: Rubric; card: CalibrationCard | undefined }[],
  judges: readonly Judge[],
  signal: AbortSignal,
): Promise<JudgeShift | null> {
  const shifts: JudgeShift = {};
  for (const { rubric, card } of graded) {
    const anchors = card?.anchors ?? [];
    if (anchors.length === 0) continue;
    const differences = await Promise.all(
      anchors.map(async ({ score: before, question, answer, reference, context }) => {
        const sample = { question, answer, reference, context };
        const verdicts = await Promise.all(judges.map((judge) => judge.score(rubric, sample, signal)));
        const scores = verdicts.flatMap(({ score }) => (score === null ? [] : [score]));
        return scores.length < judges.length ? [] : [scores.reduce((sum, score) => sum + score, 0) / scores.length - before];
      }),
    );
    const compared = comparePaired(differences.flat());
    const { n, difference, low, high } = compared;
    const moved = n > 0 && isProven(compared) && Math.abs(difference) > ROUNDING;
    shifts[rubric.name] = { anchors: n, mean: n > 0 ? difference : null, low, high, moved };
  }
  return Object.keys(shifts).length > 0 ? shifts : null;
}
