import type { ArtifactsPutDocument } from "../../../app/documents/artifacts.js";
import { Args, Flags } from "@oclif/core";
import { BaseCommand } from "../../../cli/command/base-command.js";
import { uploadArtifacts } from "../../../lib/experiments/runs/artifact-files.js";
import { findRun } from "../../../lib/experiments/runs/find-runs.js";
import { withStore } from "../../../app/tracking/with-store.js";
import { trackingUriFlag } from "../../../cli/flags/store-flags.js";

/** `llmops mlflow artifacts put`: adds files to a run. */
export default class MlflowArtifactsPut extends BaseCommand {
  static override summary = "Upload a file or a folder as artifacts of a run.";
  static override examples = ["<%= config.bin %> mlflow artifacts put 745ea258 model.gguf --into model"];
  static override args = {
    run: Args.string({ description: "id, beginning of an id, or name", required: true }),
    file: Args.string({ description: "file or folder", required: true }),
  };
  static override flags = {
    into: Flags.string({ helpValue: "PATH", description: "folder in the run's artifacts" }),
    "tracking-uri": trackingUriFlag,
  };

  async run(): Promise<ArtifactsPutDocument> {
    const { args, flags } = await this.parse(MlflowArtifactsPut);
    return withStore(flags["tracking-uri"], async (store) => {
      const { runId } = await findRun(store, args.run);
      const files = await uploadArtifacts(store, runId, { path: args.file, into: (flags.into ?? "").replace(/^\/+|\/+$/g, "") });
      for (const file of files) this.printWhole(`runs:/${runId}/${file}`);
      return { schema: "llmops.artifacts-put/1", run_id: runId, files };
    });
  }
}
