import type { RubricsDocument } from "../../../app/documents/projects.js";
import { BaseCommand } from "../../../cli/command/base-command.js";
import { listRubrics } from "../../../lib/experiments/judge/rubric-files.js";
import { broken, cut } from "../../../lib/report/fit-columns.js";
import { plainTable } from "../../../lib/report/plain-table.js";
import { terminalScreen } from "../../../cli/terminal/terminal-screen.js";

/** `llmops judge rubric list`. */
export default class RubricList extends BaseCommand {
  static override summary = "List the available rubrics: built-in ones, and those of this folder.";

  async run(): Promise<RubricsDocument> {
    await this.parse(RubricList);
    const rubrics = listRubrics().map(({ rubric: { name, title, description, requires, levels }, path, source }) => ({
      ...{ name, title, description, requires, levels: levels.length, path, source },
    }));
    const rows = rubrics.map(({ name, description, requires, source }) => [name, description, requires.join(", "), source]);
    this.log(plainTable(["name", broken("asks", 0), cut("needs"), "from"], rows, terminalScreen()));
    return { schema: "llmops.rubrics/1", rubrics };
  }
}
