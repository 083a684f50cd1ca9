import { whyNothingScored } from "../study/nothing-scored.js";
import type { OptimizationResult, TrialDocument } from "./optimization-document.js";

/** Why a search has failed: no trial has a value of an objective or a constraint; undefined where one has, also of unscored answers. */
export function searchFailure({
  study,
  trials,
  objectives,
  errors,
}: Pick<OptimizationResult, "study" | "trials" | "objectives" | "errors">): string | undefined {
  const scorer = objectives.map(({ name }) => name).join(", ");
  return whyNothingScored({ status: study.status, done: study.cells.done, scored: trials.filter(isMeasured).length, errors, scorer });
}

function isMeasured({ value, values, bounds }: TrialDocument): boolean {
  return [value, ...(values ?? []), ...bounds].some((one) => one !== null);
}
