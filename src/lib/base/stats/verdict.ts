import { z } from "zod";
import type { PairedDifference } from "./paired.js";
import { furtherSamplesAt, furtherToNarrow } from "./power.js";
import { ALPHA } from "./multiplicity.js";

/** Whether more of a quantity is good, bad or neither. */
export type Direction = "max" | "min" | "none";

export const verdictSchema = z.enum(["better", "worse", "higher", "lower", "no difference", "cannot tell"]);

/** What can be said of a difference; higher and lower are for what is neither good nor bad. */
export type Verdict = z.infer<typeof verdictSchema>;

export interface VerdictOptions {
  direction: Direction;
  /** Differences below it do not matter; 0 when every difference does. */
  minEffect?: number;
}

/**
 * The verdict on a comparison, whose p value and interval are already corrected: "no difference" where the interval lies within
 * `minEffect` (no difference that matters), otherwise a direction where a difference is found, otherwise "cannot tell". A
 * difference that is found may still be smaller than `minEffect`, as its interval shows. Nothing is told by what is not finite.
 */
export function toVerdict(
  { difference, low, high, pValue }: Pick<PairedDifference, "difference" | "low" | "high" | "pValue">,
  { direction, minEffect = 0 }: VerdictOptions,
): Verdict {
  if (!isFinite({ difference, low, high })) return "cannot tell";
  if (low !== null && high !== null && low > -minEffect && high < minEffect) return "no difference";
  if (!isProven({ pValue })) return "cannot tell";
  if (direction === "none") return difference > 0 ? "higher" : "lower";
  return difference > 0 === (direction === "max") ? "better" : "worse";
}

function isFinite({ difference, low, high }: Pick<PairedDifference, "difference" | "low" | "high">): boolean {
  return [difference, low ?? 0, high ?? 0].every(Number.isFinite);
}

/** Whether a difference is found, by its corrected p value; the interval of a comparison then leaves out zero. */
export function isProven({ pValue }: Pick<PairedDifference, "pValue">): boolean {
  return pValue <= ALPHA;
}

/** Whether a verdict tells two things apart. */
export function tellsApart(verdict: Verdict): boolean {
  return verdict !== "cannot tell" && verdict !== "no difference";
}

/** How many more samples would probably tell (80 % power at the difference seen, corrected as it was); null where nothing differs. */
export function furtherSamples({ n, difference, effectSize, uncorrected, confidence }: PairedDifference): number | null {
  if (n === 0 || difference === 0) return null;
  const more = furtherSamplesAt(1 - confidence, { n, effectSize, pValue: uncorrected });
  return Number.isFinite(more) ? more : null;
}

/**
 * How many more samples would rule out a loss, where `room` is left between what was seen and that loss; or would prove the loss
 * where there is none.
 */
export function furtherToRuleOut(compared: PairedDifference, room: number): number | null {
  const { n, low, high } = compared;
  if (room <= 0) return furtherSamples(compared);
  return low === null || high === null ? null : furtherToNarrow(n, (high - low) / 2, room);
}
