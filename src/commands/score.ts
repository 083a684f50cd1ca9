import { Args, Flags } from "@oclif/core";
import { conductStudy } from "../app/studies/sweep.js";
import { judgeFlags } from "../cli/flags/judge-flags.js";
import { LlmopsError } from "../lib/base/errors/llmops-error.js";
import type { ForecastDocument } from "../lib/report/forecast-table.js";
import type { StoredStudy } from "../lib/experiments/study/plan-scoring.js";
import { findStudy, studiesOf } from "../lib/experiments/study/study-folder.js";
import type { SweepResult } from "../lib/experiments/study/sweep-result.js";
import { ResumableCommand } from "../cli/command/resumable-command.js";
import { experimentFlag } from "../cli/flags/store-flags.js";
import { ASKED, withStoredStudy } from "../app/studies/stored-study.js";
import { pick, studyFlags, type StudyFlags } from "../cli/flags/study-flags.js";
import { engineFlags } from "../cli/flags/engine-flags.js";
import { studyFolder } from "../app/studies/study-folders.js";

const scoringFlags = {
  ...pick(studyFlags, [
    ...(["scorer", "think-marks", "score-thinking", "min-effect", "correction"] as const),
    ...(["baseline", "fail-under", "require", "max-failed"] as const),
    ...(["concurrency", "timeout", "retries", "budget", "resume", "retry-failed", "tracking-uri"] as const),
    ...(["markdown", "csv", "csv-raw", "junit", "html", "charts"] as const),
  ]),
  ...judgeFlags,
  ...engineFlags,
  dataset: Flags.string({ char: "d", helpValue: "FILE", description: "the dataset of the study, where it is not any more where it was" }),
  experiment: experimentFlag("score"),
};

/** `llmops score`: what a study was answered, scored anew, without asking the model. */
export default class Score extends ResumableCommand {
  static override summary = "Score the answers of an earlier study anew, without asking the model again.";
  static override description =
    "The answers lie in the study's journal: other scorers, judges, gates and outputs get the same answers, in a run of their own with the " +
    "tags llmops.scored_from and llmops.scored_from_run. Cells that failed stay failed, and times are those of the answers. STUDY is an id, " +
    "its beginning, or last. A judge has to be named.";
  static override examples = [
    "<%= config.bin %> score last --scorer exact",
    "<%= config.bin %> score last --scorer numeric:0.01 --require 'accuracy>=0.9' --html report.html",
    "<%= config.bin %> score 20261121-133502 --scorer judge:accuracy --judge-endpoint http://127.0.0.1:8000",
  ];
  static override args = {
    study: Args.string({ description: "the study whose answers are scored: its id, the beginning of it, or last" }),
  };
  static override flags = scoringFlags;

  async run(): Promise<SweepResult | ForecastDocument> {
    const { args, flags } = await this.parseResumed(Score);
    const name = flags.resume === undefined ? args.study : scoredBy(flags.resume, this.typedName);
    if (name === undefined) {
      throw new LlmopsError("INVALID_ARGUMENT", "No study was named.", {
        hint: "For example: llmops score last --scorer exact. `llmops show last` shows the answers of a study.",
      });
    }
    return withStoredStudy(name, { kind: ASKED, dataset: flags.dataset }, (stored) =>
      conductStudy(this.asStudyCommand(), asStudyFlags(flags, stored), { dimensions: [], design: "one", strategies: [], stored }),
    );
  }
}

/** The study that a scoring that is resumed scores. */
function scoredBy(resume: string, command: string): string {
  return String(findStudy(studyFolder(), resume, studiesOf(command)).facts["scored"]);
}

/** What asking a model takes: nothing is asked. */
const NOT_ASKED = {
  ...{ model_path: undefined, endpoint: undefined, model: undefined, "api-key-env": undefined, map: undefined, repeats: undefined },
  ...{ body: undefined, "set-extra": undefined, "max-tokens-field": undefined, system: undefined, prompt: undefined, set: undefined },
  ...{ "until-ci": undefined, max_tokens: 1, race: false, "dry-run": false },
};

type ScoreFlags = Omit<StudyFlags, keyof typeof NOT_ASKED | "seed" | "limit">;

/** The flags of a study with what the stored one decides. */
function asStudyFlags(flags: ScoreFlags, { facts, dataset }: StoredStudy): StudyFlags {
  return { ...NOT_ASKED, ...flags, seed: facts.seed, limit: dataset.samples.length };
}
