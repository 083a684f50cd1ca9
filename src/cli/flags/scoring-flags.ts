import type { Interfaces } from "@oclif/core";
import type { ScoreOptions } from "../../app/studies/score-stored.js";
import type { Complete } from "./complete.js";
import { judgeFlags, judgeOf } from "./judge-flags.js";
import { experimentFlag } from "./store-flags.js";
import { gatesOf, movedDatasetFlag, pick, scoredOf, studyFlags } from "./study-flags.js";
import { engineChoiceOf, engineFlags } from "./engine-flags.js";
import { thoughtsOf } from "./thinking-flags.js";

/** The flags of `score`. */
export const scoringFlags = {
  ...pick(studyFlags, [
    ...(["scorer", "plugin", "think-marks", "score-thinking", "min-effect", "correction"] as const),
    ...(["baseline", "fail-under", "require", "max-failed"] as const),
    ...(["concurrency", "timeout", "retries", "budget", "resume", "retry-failed", "tracking-uri"] as const),
    ...(["markdown", "csv", "csv-raw", "junit", "html", "charts"] as const),
  ]),
  ...judgeFlags,
  ...engineFlags,
  dataset: movedDatasetFlag,
  experiment: experimentFlag("score"),
};

/** What the flags say of a scoring. */
export function scoringOf(
  flags: Interfaces.InferredFlags<typeof scoringFlags>,
): Complete<Omit<ScoreOptions, "study" | "command" | "folder">> {
  return {
    ...engineChoiceOf(flags),
    ...thoughtsOf(flags),
    ...scoredOf(flags),
    ...gatesOf(flags),
    dataset: flags.dataset,
    concurrency: flags.concurrency,
    timeout: flags.timeout,
    retries: flags.retries,
    budget: flags.budget,
    resume: flags.resume,
    retryFailed: flags["retry-failed"],
    trackingUri: flags["tracking-uri"],
    experiment: flags.experiment,
    plugins: flags.plugin,
    judge: judgeOf(flags),
  };
}
