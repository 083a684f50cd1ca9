import { LlmopsError } from "../errors/llmops-error.js";
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
  const { largest = Infinity } = differenceScale(primary);
  const example = primary.kind === "rate" ? "0.02 for two percentage points" : "a size in units of the score";
  const refuse = (what: string, value: number, most: number) => {
    throw new LlmopsError("INVALID_ARGUMENT", `${what} ${value} is outside the scale of ${primary.name}, on which it is below ${most}.`, {
      hint: `Give ${example}.`,
    });
  };
  if (!Number.isFinite(minEffect) || minEffect < 0 || minEffect >= largest) refuse("--min-effect", minEffect, largest);
  if (untilHalfWidth === undefined) return;
  if (!(untilHalfWidth > 0) || untilHalfWidth >= largest / 2) refuse("--until-ci", untilHalfWidth, largest / 2);
}
