import type { PairedDifference } from "./paired.js";
import { samplesNeeded } from "./power.js";

/** Whether more of a quantity is good, bad or neither. */
export type Direction = "max" | "min" | "none";

/** What can be said of a difference; higher and lower are for what is neither good nor bad. */
export type Verdict = "better" | "worse" | "higher" | "lower" | "no difference" | "cannot tell";

export interface VerdictOptions {
  direction: Direction;
  /** Differences below it do not matter; 0 when every difference does. */
  minEffect?: number;
  alpha?: number;
}

/**
 * The verdict on a difference whose p value is already corrected. A significant difference below `minEffect`, and an
 * interval that lies within it, are "no difference"; "cannot tell" asks for more samples.
 */
export function toVerdict(
  { difference, low, high, pValue }: Omit<PairedDifference, "test" | "effectSize" | "n">,
  { direction, minEffect = 0, alpha = 0.05 }: VerdictOptions,
): Verdict {
  const within = low !== null && high !== null && low > -minEffect && high < minEffect;
  if (!isProven({ low, high, pValue }, alpha)) return within ? "no difference" : "cannot tell";
  if (Math.abs(difference) < minEffect) return "no difference";
  if (direction === "none") return difference > 0 ? "higher" : "lower";
  return difference > 0 === (direction === "max") ? "better" : "worse";
}

/** Whether a difference is proven: by its corrected p value, and not against what its interval shows. */
export function isProven({ low, high, pValue }: Pick<PairedDifference, "low" | "high" | "pValue">, alpha = 0.05): boolean {
  return pValue <= alpha && (low === null || high === null || low > 0 || high < 0);
}

/** How many samples more would probably tell (80 % power at the difference seen); null where nothing differs. */
export function furtherSamples({ n, difference, effectSize }: PairedDifference): number | null {
  if (effectSize === 0 || difference === 0) return null;
  return Math.max(1, samplesNeeded(1, 1 / Math.abs(effectSize)) - n);
}
