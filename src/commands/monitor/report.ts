import { Flags } from "@oclif/core";
import { BaseCommand } from "../../cli/command/base-command.js";
import { LlmopsError } from "../../lib/base/errors/llmops-error.js";
import { checkOutputs, writeOutput } from "../../lib/base/files/output-files.js";
import { withStore } from "../../app/tracking/with-store.js";
import { trackingUriFlag } from "../../cli/flags/store-flags.js";

const KINDS = ["png", "svg", "html"] as const;

interface MonitorReportDocument {
  schema: "llmops.monitor-report/1";
  name: string;
  path: string;
  metrics: string[];
}

/** `llmops monitor report`: what was watched, as a picture or a page. */
export default class MonitorReport extends BaseCommand {
  static override summary = "Draw what was watched: memory, speed, latency, percentiles, errors, caches, error budgets.";
  static override examples = [
    "<%= config.bin %> monitor report --out dashboard.png",
    "<%= config.bin %> monitor report --from 745ea258 --out dashboard.html",
  ];
  static override flags = {
    from: Flags.string({
      default: "production-monitoring",
      helpValue: "RUN",
      description: "a run by id or name, or an experiment: then its last watch, or all its runs, a point each",
    }),
    out: Flags.string({
      char: "o",
      default: "dashboard.png",
      helpValue: "FILE",
      description: "picture or page to write: .png, .svg or .html",
    }),
    "tracking-uri": trackingUriFlag,
  };

  async run(): Promise<MonitorReportDocument> {
    const { flags } = await this.parse(MonitorReport);
    const kind = KINDS.find((one) => flags.out.toLowerCase().endsWith(`.${one}`));
    if (kind === undefined) {
      throw new LlmopsError("INVALID_ARGUMENT", `${flags.out} is neither a picture nor a page.`, {
        hint: "Its name has to end with .png, .svg or .html.",
      });
    }
    checkOutputs([flags.out]);
    return withStore(flags["tracking-uri"], async (store) => {
      const { readMonitorSeries } = await import("../../lib/report/monitor-series.js");
      const { monitorHtml, monitorSvg } = await import("../../lib/report/monitor-report.js");
      const { toPng } = await import("../../lib/report/png.js");
      const series = await readMonitorSeries(store, flags.from);
      if (kind === "html") await writeOutput(flags.out, await monitorHtml(series));
      else {
        const svg = await monitorSvg(series);
        await writeOutput(flags.out, kind === "png" ? toPng(svg) : svg);
      }
      this.log(`Wrote ${flags.out}: ${series.name}.`);
      return { schema: "llmops.monitor-report/1", name: series.name, path: flags.out, metrics: [...series.metrics.keys()].sort() };
    });
  }
}
