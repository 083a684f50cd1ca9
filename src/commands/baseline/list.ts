import type { BaselinesDocument } from "../../app/documents/projects.js";
import { BaseCommand } from "../../cli/command/base-command.js";
import { broken, cut } from "../../lib/report/fit-columns.js";
import { plainTable } from "../../lib/report/plain-table.js";
import { listBaselines, readBaseline, type Baseline } from "../../lib/experiments/runs/baseline.js";
import { terminalScreen } from "../../cli/terminal/terminal-screen.js";
import { baselineFolder } from "../../app/studies/study-folders.js";

/** `llmops baseline list`. */
export default class BaselineListCommand extends BaseCommand {
  static override summary = "List the baselines of this folder.";
  static override examples = ["<%= config.bin %> baseline list"];

  async run(): Promise<BaselinesDocument> {
    await this.parse(BaselineListCommand);
    const folder = baselineFolder();
    const baselines = listBaselines(folder).map((name) => ({ name, ...outline(readBaseline(folder, name)) }));
    const rows = baselines.map(({ name, setting, metrics }) => [name, setting, metrics.join(", ")]);
    this.log(
      rows.length === 0
        ? `No baselines in ${folder}. Make one with: llmops baseline bless NAME`
        : plainTable([cut("name"), broken("setting", 0), broken("metrics")], rows, terminalScreen()),
    );
    return { schema: "llmops.baselines/1", baselines };
  }
}

function outline({ setting, metrics }: Baseline): { setting: string; metrics: string[] } {
  return { setting, metrics: Object.keys(metrics) };
}
