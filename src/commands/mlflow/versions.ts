import type { VersionsDocument } from "../../app/documents/registry.js";
import { Args } from "@oclif/core";
import { BaseCommand } from "../../cli/command/base-command.js";
import { cut, whole } from "../../lib/report/fit-columns.js";
import { formatTime, plainTable } from "../../lib/report/plain-table.js";
import { toVersionDocument } from "../../lib/report/version-document.js";
import { listModels } from "../../lib/experiments/runs/list-versions.js";
import { withStore } from "../../app/tracking/with-store.js";
import { trackingUriFlag } from "../../cli/flags/store-flags.js";
import { terminalScreen } from "../../cli/terminal/terminal-screen.js";

const HEAD = [cut("name"), whole("version", 0), whole("stage", 2), cut("aliases", 1), whole("created", 4), cut("source", 3)];

/** `llmops mlflow versions`: registered models and their versions. */
export default class MlflowVersions extends BaseCommand {
  static override summary = "List the versions of a registered model, or of all of them.";
  static override examples = ["<%= config.bin %> mlflow versions", "<%= config.bin %> mlflow versions qa-model --json"];
  static override args = { name: Args.string({ description: "registered model [default: all of them]" }) };
  static override flags = { "tracking-uri": trackingUriFlag };

  async run(): Promise<VersionsDocument> {
    const { args, flags } = await this.parse(MlflowVersions);
    return withStore(flags["tracking-uri"], async (store) => {
      const models = await listModels(store, args.name);
      const versions = models.flatMap((model) => model.versions.toReversed());
      const rows = versions.map(({ name, version, stage, aliases, creationTime, source }) => [
        name,
        version,
        stage,
        aliases.join(", "),
        formatTime(creationTime),
        source,
      ]);
      this.log(versions.length === 0 ? "No versions." : plainTable(HEAD, rows, terminalScreen()));
      return { schema: "llmops.versions/1", tracking_uri: store.uri, versions: versions.map(toVersionDocument) };
    });
  }
}
