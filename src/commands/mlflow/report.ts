import type { ReportDocument } from "../../app/documents/tracking.js";
import { Args, Flags } from "@oclif/core";
import { BaseCommand } from "../../cli/command/base-command.js";
import { runsPage } from "../../lib/report/page/runs-page.js";
import { writePage } from "../../lib/report/page/write-page.js";
import { findExperiment } from "../../lib/tracking/find-experiment.js";
import { writeOutput } from "../../lib/base/files/output-files.js";
import { withStore } from "../../app/tracking/with-store.js";
import { trackingUriFlag } from "../../cli/flags/store-flags.js";

/** `llmops mlflow report`: one HTML file about an experiment. */
export default class MlflowReport extends BaseCommand {
  static override summary = "Write one HTML file that compares the runs of an experiment: table, charts, learning curves.";
  static override description = "The file is self-contained: it needs no server and no network.";
  static override examples = ["<%= config.bin %> mlflow report sweep --out sweep.html"];
  static override args = { experiment: Args.string({ description: "name or id", required: true }) };
  static override flags = {
    out: Flags.string({ char: "o", aliases: ["html"], helpValue: "FILE", description: "file to write [default: EXPERIMENT.html]" }),
    "tracking-uri": trackingUriFlag,
  };

  async run(): Promise<ReportDocument> {
    const { args, flags } = await this.parse(MlflowReport);
    return withStore(flags["tracking-uri"], async (store) => {
      const experiment = await findExperiment(store, args.experiment);
      const page = writePage(await runsPage(store, experiment));
      const path = flags.out ?? `${experiment.name.replace(/[^\w.-]+/g, "-")}.html`;
      await writeOutput(path, page);
      this.log(`Wrote ${path}.`);
      return { schema: "llmops.report/1", experiment: experiment.name, path, bytes: Buffer.byteLength(page) };
    });
  }
}
