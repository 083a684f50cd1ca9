import { Args } from "@oclif/core";
import { BaseCommand } from "../../cli/command/base-command.js";
import { cut } from "../../lib/report/fit-columns.js";
import { plainTable } from "../../lib/report/plain-table.js";
import { readBaseline, type Baseline } from "../../lib/experiments/runs/baseline.js";
import { terminalScreen } from "../../cli/terminal/terminal-screen.js";
import { baselineFolder } from "../../app/studies/study-folders.js";

/** `llmops baseline show`. */
export default class BaselineShow extends BaseCommand {
  static override summary = "Show a baseline: its setting, and its scores.";
  static override examples = ["<%= config.bin %> baseline show main"];
  static override args = { name: Args.string({ description: "name of the baseline", required: true }) };

  async run(): Promise<Baseline> {
    const { args } = await this.parse(BaselineShow);
    const baseline = readBaseline(baselineFolder(), args.name);
    const rows = Object.entries(baseline.metrics).map(([metric, { mean, direction, samples }]) => [
      metric,
      String(Number(mean.toPrecision(4))),
      { max: "higher is better", min: "lower is better", none: "" }[direction ?? "none"],
      String(Object.keys(samples).length),
    ]);
    this.log(`${args.name}: ${baseline.setting}\n${plainTable([cut("score"), "mean", "", "samples"], rows, terminalScreen())}`);
    return baseline;
  }
}
