import type { MonitorReportDocument } from "../../app/documents/monitoring.js";
import { Flags } from "@oclif/core";
import { BaseCommand } from "../../cli/command/base-command.js";
import { trackingUriFlag } from "../../cli/flags/store-flags.js";
import { checkOutputs, writeOutput } from "../../lib/base/files/output-files.js";
import { LlmopsError } from "../../lib/base/errors/llmops-error.js";

const KINDS = ["png", "svg", "html"] as const;

/** `llmops monitor report`: what was watched, as a picture or a page. */
export default class MonitorReport extends BaseCommand {
  static override summary = "Chart what monitor recorded: memory, speed, latency, percentiles, errors, caches, error budgets.";
  static override examples = [
    "<%= config.bin %> monitor report --out dashboard.png",
    "<%= config.bin %> monitor report --from 745ea258 --out dashboard.html",
  ];
  static override flags = {
    from: Flags.string({
      default: "production-monitoring",
      helpValue: "RUN",
      description: "a run by id or name, or an experiment: its last watch, or all its runs with one point each",
    }),
    out: Flags.string({
      char: "o",
      default: "dashboard.png",
      helpValue: "FILE",
      description: "image or page to write: .png, .svg, or .html",
    }),
    "tracking-uri": trackingUriFlag,
  };

  async run(): Promise<MonitorReportDocument> {
    const { flags } = await this.parse(MonitorReport);
    const kind = KINDS.find((one) => flags.out.toLowerCase().endsWith(`.${one}`));
    if (kind === undefined) {
      throw new LlmopsError("INVALID_ARGUMENT", `${flags.out} is neither an image nor a page.`, {
        hint: "Its name must end in .png, .svg, or .html.",
      });
    }
    checkOutputs([flags.out]);
    const { drawReport } = await import("../../app/monitoring/draw-report.js");
    const { name, metrics, content } = await drawReport({ trackingUri: flags["tracking-uri"], from: flags.from, kind });
    await writeOutput(flags.out, content);
    this.log(`Wrote ${flags.out}: ${name}.`);
    return { schema: "llmops.monitor-report/1", name, path: flags.out, metrics };
  }
}
