import { FEWEST_ALIKE } from "../../base/stats/estimate.js";
import type { DecidedState } from "./checks.js";

/** A difference, and whether it is found: not by chance at 5 %. */
export interface TestedDifference {
  difference: number;
  low: number | null;
  high: number | null;
  proven: boolean;
  /** Independent samples, where their number is known. */
  n?: number | undefined;
}

/**
 * Non-inferiority: whether a loss of `margin` or more is ruled out. Met where the whole interval stands on the near side of the margin
 * (with a margin of 0: where it is proven better), not met where something worse is proven and what was seen reaches the margin. Too few
 * samples that are all alike tell nothing.
 */
export function checkNoLoss(tested: TestedDifference, { direction, margin }: { direction: "max" | "min"; margin: number }): DecidedState {
  const { difference, low, high, proven } = tested;
  const loss = direction === "max" ? -difference : difference;
  const largest = direction === "max" ? -(low ?? -Infinity) : (high ?? Infinity);
  if (proven && loss > 0 && loss >= margin) return "not met";
  return (largest < margin || largest <= 0) && !isAlikeByChance(tested) ? "met" : "cannot tell";
}

/** Superiority: met where it is proven better, not met where it is proven worse. */
export function checkGain({ difference, proven }: TestedDifference, direction: "max" | "min"): DecidedState {
  if (!proven || difference === 0) return "cannot tell";
  return difference > 0 === (direction === "max") ? "met" : "not met";
}

/** Whether an interval without width rests on too few samples to be trusted, and on none of a test that finds a difference. */
function isAlikeByChance({ low, high, n, proven }: TestedDifference): boolean {
  return low !== null && low === high && (n ?? 0) < FEWEST_ALIKE && (n === undefined || !proven);
}
