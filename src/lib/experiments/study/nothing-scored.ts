import { isNothingScored, type StudyOutcome } from "../gates/checks.js";
import { describeErrors, type CellError } from "./error-tally.js";

interface Ended extends Omit<StudyOutcome, "checks"> {
  /** Why cells have no score. */
  errors: readonly CellError[];
  /** What was to give scores. */
  scorer: string;
}

/** Why a study that was not interrupted measured nothing, in sentences; undefined where something was scored. */
export function whyNothingScored({ errors, scorer, ...outcome }: Ended): string | undefined {
  if (!isNothingScored(outcome)) return undefined;
  return `Nothing was scored. ${errors.length > 0 ? describeErrors(errors) : `${scorer} gave no value`}.`;
}
