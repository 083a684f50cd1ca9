import type { ArtifactsDocument } from "../../../app/documents/artifacts.js";
import { withoutTrailingSlashes } from "../../../lib/base/errors/text-ends.js";
import { Args, Flags } from "@oclif/core";
import { BaseCommand } from "../../../cli/command/base-command.js";
import { findRun } from "../../../lib/experiments/runs/find-runs.js";
import { listFiles } from "../../../lib/experiments/runs/artifact-files.js";
import { withStore } from "../../../app/tracking/with-store.js";
import { trackingUriFlag } from "../../../cli/flags/store-flags.js";

/** `llmops mlflow artifacts list`: the files of a run. */
export default class MlflowArtifactsList extends BaseCommand {
  static override summary = "List the artifacts of a run.";
  static override examples = [
    "<%= config.bin %> mlflow artifacts list 745ea258",
    "<%= config.bin %> mlflow artifacts list 745ea258 logs --json",
  ];
  static override args = {
    run: Args.string({ description: "id, beginning of an id, or name", required: true }),
    path: Args.string({ description: "folder in the run's artifacts" }),
  };
  static override flags = {
    recursive: Flags.boolean({ char: "r", description: "also list the contents of folders" }),
    "tracking-uri": trackingUriFlag,
  };

  async run(): Promise<ArtifactsDocument> {
    const { args, flags } = await this.parse(MlflowArtifactsList);
    return withStore(flags["tracking-uri"], async (store) => {
      const { runId } = await findRun(store, args.run);
      const path = withoutTrailingSlashes(args.path ?? "");
      const files = flags.recursive ? await listFiles(store, runId, path) : await store.listArtifacts(runId, path);
      for (const file of files) this.printWhole(file.isFolder ? `${file.path}/` : `${file.path}  ${file.sizeBytes}`);
      if (files.length === 0) this.note("No artifacts there.");
      return {
        schema: "llmops.artifacts/1",
        run_id: runId,
        files: files.map((file) => ({ path: file.path, is_dir: file.isFolder, file_size: file.sizeBytes })),
      };
    });
  }
}
