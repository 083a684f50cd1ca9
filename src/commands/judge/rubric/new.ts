import { Args, Flags } from "@oclif/core";
import { BaseCommand } from "../../../cli/command/base-command.js";
import { writeNewRubric } from "../../../lib/experiments/judge/rubric-files.js";

/** `llmops judge rubric new`. */
export default class RubricNew extends BaseCommand {
  static override summary = "Write a rubric to start from into .llmops/rubrics.";
  static override examples = ["<%= config.bin %> judge rubric new politeness --criteria 'Is the answer polite?'"];
  static override args = { name: Args.string({ required: true, description: "name of the rubric: lower-case letters, digits, - and _" }) };
  static override flags = {
    criteria: Flags.string({ required: true, helpValue: "SENTENCE", description: "the question the judge answers" }),
  };

  async run(): Promise<{ path: string }> {
    const { args, flags } = await this.parse(RubricNew);
    const path = writeNewRubric(args.name, flags.criteria);
    this.log(`Wrote ${path}. Describe each level there, then run: llmops judge --rubric ${args.name}`);
    return { path };
  }
}
