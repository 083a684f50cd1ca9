import { LlmopsError } from "../../base/errors/llmops-error.js";

/** A score, as far as sizes of it are concerned. */
export interface ScoreScale {
  name: string;
  isRate: boolean;
  /** The largest difference there can be; undefined where there is no end. */
  largest: number | undefined;
}

/**
 * Throws INVALID_ARGUMENT for a size that no difference of the score can reach: whatever happened, it would not matter. `flag` is what
 * it was given with.
 */
export function checkSize(flag: string, value: number, { name, isRate, largest = Infinity }: ScoreScale): void {
  if (Number.isFinite(value) && value >= 0 && value < largest) return;
  throw new LlmopsError("INVALID_ARGUMENT", `${flag} ${value} is outside the scale of ${name}, on which it is below ${largest}.`, {
    hint: `Give ${isRate ? "0.02 for two percentage points" : "a size in units of the score"}.`,
  });
}
