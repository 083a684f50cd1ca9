import type { ArtifactsGetDocument } from "../../../app/documents/artifacts.js";
import { withoutTrailingSlashes } from "../../../lib/base/errors/text-ends.js";
import { Args, Flags } from "@oclif/core";
import { BaseCommand } from "../../../cli/command/base-command.js";
import { downloadArtifacts } from "../../../lib/experiments/runs/artifact-files.js";
import { findRun } from "../../../lib/experiments/runs/find-runs.js";
import { withStore } from "../../../app/tracking/with-store.js";
import { trackingUriFlag } from "../../../cli/flags/store-flags.js";

/** `llmops mlflow artifacts get`: copies artifacts out of the store. */
export default class MlflowArtifactsGet extends BaseCommand {
  static override summary = "Download an artifact of a run, or a folder of them.";
  static override examples = [
    "<%= config.bin %> mlflow artifacts get 745ea258 eval_results_table.json",
    "<%= config.bin %> mlflow artifacts get 745ea258 --out run-files",
  ];
  static override args = {
    run: Args.string({ description: "id, beginning of an id, or name", required: true }),
    path: Args.string({ description: "file or folder in the run's artifacts [default: all of them]" }),
  };
  static override flags = {
    out: Flags.string({ char: "o", default: ".", helpValue: "FOLDER", description: "where to" }),
    "tracking-uri": trackingUriFlag,
  };

  async run(): Promise<ArtifactsGetDocument> {
    const { args, flags } = await this.parse(MlflowArtifactsGet);
    return withStore(flags["tracking-uri"], async (store) => {
      const { runId } = await findRun(store, args.run);
      const files = await downloadArtifacts(store, runId, { path: withoutTrailingSlashes(args.path ?? ""), folder: flags.out });
      for (const file of files) this.printWhole(file);
      if (files.length === 0) this.note("The run has no artifacts.");
      return { schema: "llmops.artifacts-get/1", run_id: runId, files };
    });
  }
}
