import { Args } from "@oclif/core";
import { BaseCommand } from "../../../cli/command/base-command.js";
import type { Rubric } from "../../../lib/experiments/judge/rubric.js";
import { findRubric } from "../../../lib/experiments/judge/rubric-files.js";
import { readTextFile } from "../../../lib/base/files/read-text-file.js";

/** `llmops judge rubric show`. */
export default class RubricShow extends BaseCommand {
  static override summary = "Print the file of a rubric, to read or to copy.";
  static override args = { name: Args.string({ required: true, description: "name of a rubric, or a YAML file" }) };

  async run(): Promise<Rubric & { path: string }> {
    const { args } = await this.parse(RubricShow);
    const { rubric, path } = findRubric(args.name);
    this.printWhole(readTextFile(path).trimEnd());
    return { ...rubric, path };
  }
}
