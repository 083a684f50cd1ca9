import { checkSize, type ScoreScale } from "../gates/check-size.js";
import type { Scorer } from "../scoring/scorer.js";
import { differenceScale } from "./stopping.js";

/**
 * Throws INVALID_ARGUMENT for sizes that mean nothing on the scale of the primary score: a difference that matters larger than any
 * there can be, or an interval that is narrow enough before anything is known.
 */
export function checkSizes(
  primary: Pick<Scorer, "name" | "kind" | "range">,
  { minEffect, untilHalfWidth }: { minEffect: number; untilHalfWidth?: number | undefined },
): void {
  const scale = scaleOf(primary);
  checkSize("--min-effect", minEffect, scale);
  if (untilHalfWidth === undefined) return;
  const { largest = Infinity } = scale;
  checkSize("--until-ci", untilHalfWidth, { ...scale, largest: untilHalfWidth === 0 ? 0 : largest / 2 });
}

/** What sizes of a scorer's values are held to. */
export function scaleOf(scorer: Pick<Scorer, "name" | "kind" | "range">): ScoreScale {
  return { name: scorer.name, isRate: scorer.kind === "rate", largest: differenceScale(scorer).largest };
}
