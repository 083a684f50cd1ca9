import type { RunShowDocument } from "../../../app/documents/runs.js";
import { Args } from "@oclif/core";
import { BaseCommand } from "../../../cli/command/base-command.js";
import { renderRun } from "../../../lib/report/run-table.js";
import { toRunDocument } from "../../../lib/tracking/run-document.js";
import { findRun } from "../../../lib/experiments/runs/find-runs.js";
import { withStore } from "../../../app/tracking/with-store.js";
import { trackingUriFlag } from "../../../cli/flags/store-flags.js";
import { terminalScreen } from "../../../cli/terminal/terminal-screen.js";

/** `llmops mlflow run show`: everything a run has. */
export default class MlflowRunShow extends BaseCommand {
  static override summary = "Show a run: params, metrics, tags, datasets and artifacts.";
  static override examples = ["<%= config.bin %> mlflow run show 745ea258", '<%= config.bin %> mlflow run show "temperature=0.1" --json'];
  static override args = { run: Args.string({ description: "id, beginning of an id, or name", required: true }) };
  static override flags = { "tracking-uri": trackingUriFlag };

  async run(): Promise<RunShowDocument> {
    const { args, flags } = await this.parse(MlflowRunShow);
    return withStore(flags["tracking-uri"], async (store) => {
      const run = await findRun(store, args.run);
      const files = await store.listArtifacts(run.runId, "");
      this.log(renderRun(run, files, terminalScreen()));
      const artifacts = files.map(({ path, isFolder, sizeBytes }) => ({ path, is_dir: isFolder, file_size: sizeBytes }));
      return { schema: "llmops.run/1", tracking_uri: store.uri, run: toRunDocument(run), artifacts };
    });
  }
}
