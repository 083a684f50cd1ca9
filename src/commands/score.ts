import { Args } from "@oclif/core";
import { scoreStored } from "../app/studies/score-stored.js";
import { ResumableCommand } from "../cli/command/resumable-command.js";
import { checkOutputFlags } from "../cli/flags/output-flags.js";
import { scoringFlags, scoringOf } from "../cli/flags/scoring-flags.js";
import { publishSweep } from "../cli/output/sweep-output.js";
import type { SweepResult } from "../lib/experiments/study/sweep-result.js";

/** `llmops score`: what a study was answered, scored anew, without asking the model. */
export default class Score extends ResumableCommand {
  static override summary = "Score the answers of an earlier study again, without asking the model.";
  static override description =
    "Other scorers, judges, gates, and outputs get the answers in the study's journal, in a new run with the " +
    "tags llmops.scored_from and llmops.scored_from_run. Cells that failed stay failed, and times are those of the answers. STUDY is an id, " +
    "its beginning, or last. A judge must be named.";
  static override examples = [
    "<%= config.bin %> score last --scorer exact",
    "<%= config.bin %> score last --scorer numeric:0.01 --require 'accuracy>=0.9' --html report.html",
    "<%= config.bin %> score 20261121-133502 --scorer judge:accuracy --judge-endpoint http://127.0.0.1:8000",
  ];
  static override args = {
    study: Args.string({ description: "the study whose answers to score: its id, the beginning of it, or last" }),
  };
  static override flags = scoringFlags;

  async run(): Promise<SweepResult> {
    const { args, flags } = await this.parseResumed(Score);
    checkOutputFlags(flags);
    const outcome = await scoreStored({ ...scoringOf(flags), study: args.study, ...this.origin() }, this.asHost());
    return publishSweep(outcome, { flags, bestFile: undefined, log: (text) => this.log(text) });
  }
}
