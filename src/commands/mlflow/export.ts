import { Args, Flags } from "@oclif/core";
import { BaseCommand } from "../../cli/command/base-command.js";
import { copyWithProgress, describeCopy } from "../../cli/flags/copy-command.js";
import type { CopyDocument } from "../../app/documents/tracking.js";
import { storeSource } from "../../lib/experiments/transfer/store-source.js";
import { withStore } from "../../app/tracking/with-store.js";
import { trackingUriFlag } from "../../cli/flags/store-flags.js";

/** `llmops mlflow export`: copies runs out of the store. */
export default class MlflowExport extends BaseCommand {
  static override summary = "Copy experiments, runs, files and registered models to another store.";
  static override description = "Runs copied before are skipped, so an export can be repeated.";
  static override examples = [
    "<%= config.bin %> mlflow export http://mlflow.example.com:5000",
    "<%= config.bin %> mlflow export ./backup --experiment sweep",
  ];
  static override args = {
    target: Args.string({
      description: "http(s)://HOST:PORT, a folder, sqlite:///FILE, or postgresql://USER@HOST/DATABASE",
      required: true,
    }),
  };
  static override flags = {
    experiment: Flags.string({ multiple: true, multipleNonGreedy: true, description: "only this experiment", helpValue: "NAME" }),
    "tracking-uri": trackingUriFlag,
  };

  async run(): Promise<CopyDocument> {
    const { args, flags } = await this.parse(MlflowExport);
    return withStore(flags["tracking-uri"], (source) =>
      withStore(
        args.target,
        async (target) => {
          const result = await copyWithProgress(storeSource(source), target, flags.experiment);
          this.log(describeCopy(result));
          return result;
        },
        { create: true },
      ),
    );
  }
}
