import { LlmopsError } from "../../lib/base/errors/llmops-error.js";
import { findStudy, studiesOf } from "../../lib/experiments/study/study-folder.js";
import type { Host } from "../host/host.js";
import type { EngineChoice } from "../../lib/base/config/engine-parameters.js";
import { withOpenStudy } from "./open-study.js";
import { runOpenStudy } from "./run-sweep.js";
import { ASKED, withStoredStudy } from "./stored-study.js";
import { studyFolder } from "./study-folders.js";
import type { StudyGateOptions } from "./study-gates.js";
import { originOf, type StudyOptions } from "./study-options.js";
import type { ScoredOptions } from "./sweep-options.js";
import type { SweepOutcome } from "./sweep-outcome.js";
import type { ThoughtOptions } from "./thinking.js";

/** What may be said of a study although its model is not asked again. */
type Running = Pick<
  StudyOptions,
  | ("concurrency" | "timeout" | "retries" | "budget" | "resume" | "retryFailed")
  | ("trackingUri" | "experiment" | "plugins" | "judge" | "command" | "folder")
>;

/** How the answers of a study are scored anew. The engine is that of a judge. */
export interface ScoreOptions extends Running, Omit<EngineChoice, "slots">, ThoughtOptions, ScoredOptions, StudyGateOptions {
  /** The study: its id, the beginning of its id, or last. A scoring that is resumed knows it. */
  study?: string | undefined;
  /** The dataset of the study, where it has moved. */
  dataset?: string | undefined;
}

/**
 * Scores the answers of an earlier study anew and records them, without asking its model. Throws INVALID_ARGUMENT, STUDY_NOT_FOUND,
 * STUDY_CHANGED where the dataset is not the same any more, and what `runSweep` throws.
 */
export async function scoreStored({ study, dataset, ...options }: ScoreOptions, host: Host): Promise<SweepOutcome> {
  const { name: command } = originOf(options, "scoreStored");
  const name = options.resume === undefined ? study : scoredBy(options.resume, command);
  if (name === undefined) {
    throw new LlmopsError("INVALID_ARGUMENT", "No study was named.", {
      hint: "For example: llmops score last --scorer exact. `llmops show last` shows the answers of a study.",
    });
  }
  return withStoredStudy(name, { kind: ASKED, dataset }, (stored) => {
    const whole = { ...options, experiment: options.experiment ?? "score", seed: stored.facts.seed };
    return withOpenStudy(whole, { host, stored }, (open) => runOpenStudy(open, whole, host));
  });
}

/** The study that a scoring that is resumed scores. */
function scoredBy(resume: string, command: string): string {
  return String(findStudy(studyFolder(), resume, studiesOf(command)).facts["scored"]);
}
