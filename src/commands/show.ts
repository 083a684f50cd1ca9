import type { AnswersDocument } from "../app/documents/answers.js";
import { Args } from "@oclif/core";
import { showAnswers } from "../app/studies/show-answers.js";
import { BaseCommand } from "../cli/command/base-command.js";
import { showFlags, showOf } from "../cli/flags/show-flags.js";
import { printAnswers } from "../cli/output/answers-output.js";

/** `llmops show`: the answers of a study, from its journal. */
export default class Show extends BaseCommand {
  static override readsProject = false;
  static override summary = "Show the answers of a study: all, failed, worst, by topic, or where two settings differ.";
  static override description =
    "STUDY is the id of a sweep, eval, or score, the beginning of it, or last. A setting is named as in tables, or by a part of its name " +
    "that no other name has. No model is asked, and nothing is written.";
  static override examples = [
    "<%= config.bin %> show last --failed",
    "<%= config.bin %> show last --worst 5 --thoughts",
    "<%= config.bin %> show last --by topic",
    "<%= config.bin %> show last --diff 'temperature=0' 'temperature=1'",
    "<%= config.bin %> show 20261121-133502 --id geo-17",
  ];
  static override args = { study: Args.string({ description: "the study: its id, the beginning of it, or last", default: "last" }) };
  static override flags = showFlags;

  async run(): Promise<AnswersDocument> {
    const { args, flags } = await this.parse(Show);
    const shown = await showAnswers({ ...showOf(flags), study: args.study });
    return printAnswers(shown, { thoughts: flags.thoughts, log: (text) => this.log(text) });
  }
}
