import { Args, Flags } from "@oclif/core";
import { BaseCommand } from "../../cli/command/base-command.js";
import { copyWithProgress, describeCopy } from "../../cli/flags/copy-command.js";
import type { CopyDocument } from "../../app/documents/tracking.js";
import { isMlrunsFolder, mlrunsSource } from "../../lib/experiments/transfer/mlruns-source.js";
import { storeSource } from "../../lib/experiments/transfer/store-source.js";
import { withStore } from "../../app/tracking/with-store.js";
import { trackingUriFlag } from "../../cli/flags/store-flags.js";

/** `llmops mlflow import`: copies runs into the store. */
export default class MlflowImport extends BaseCommand {
  static override summary = "Copy experiments, runs, files and registered models from another store, or from an old mlruns folder.";
  static override description = "Runs copied before are skipped, so an import can be repeated.";
  static override examples = [
    "<%= config.bin %> mlflow import ./mlruns",
    "<%= config.bin %> mlflow import http://mlflow.example.com:5000 --experiment sweep",
  ];
  static override args = {
    source: Args.string({
      description: "mlruns folder, folder with mlflow.db, sqlite:///FILE, postgresql://USER@HOST/DATABASE, or http(s)://HOST:PORT",
      required: true,
    }),
  };
  static override flags = {
    experiment: Flags.string({ multiple: true, multipleNonGreedy: true, description: "only this experiment", helpValue: "NAME" }),
    "tracking-uri": trackingUriFlag,
  };

  async run(): Promise<CopyDocument> {
    const { args, flags } = await this.parse(MlflowImport);
    return withStore(
      flags["tracking-uri"],
      async (target) => {
        const result = isMlrunsFolder(args.source)
          ? await copyWithProgress(mlrunsSource(args.source), target, flags.experiment)
          : await withStore(args.source, (source) => copyWithProgress(storeSource(source), target, flags.experiment));
        this.log(describeCopy(result));
        return result;
      },
      { create: true },
    );
  }
}
