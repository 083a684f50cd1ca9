import type { GcDocument } from "../../app/documents/tracking.js";
import { Flags } from "@oclif/core";
import { BaseCommand } from "../../cli/command/base-command.js";
import { artifactFlags, placesOf } from "../../cli/flags/artifact-flags.js";
import { parseDuration } from "../../lib/base/config/duration.js";
import { purgeStore } from "../../app/tracking/purge.js";
import { counted } from "../../lib/base/errors/counted.js";

/** `llmops mlflow gc`: removes what was deleted for good. */
export default class MlflowGc extends BaseCommand {
  static override summary = "Remove deleted runs and archived experiments for good, with their files.";
  static override examples = ["<%= config.bin %> mlflow gc --dry-run", "<%= config.bin %> mlflow gc --older-than 30d"];
  static override flags = {
    "older-than": Flags.string({
      default: "0s",
      helpValue: "TIME",
      description: "only what was deleted longer ago than this, such as 24h or 30d",
    }),
    "dry-run": Flags.boolean({ default: false, description: "only say what" }),
    "tracking-uri": Flags.string({
      default: ".",
      helpValue: "URI",
      description: "store: a folder, sqlite:///FILE, or postgresql://USER@HOST/DATABASE",
    }),
    ...artifactFlags,
  };

  async run(): Promise<GcDocument> {
    const { flags } = await this.parse(MlflowGc);
    const dryRun = flags["dry-run"];
    const olderThanMs = parseDuration(flags["older-than"]);
    const store = { trackingUri: flags["tracking-uri"], places: placesOf(flags, true) };
    const { runs, experiments } = await purgeStore({ ...store, olderThanMs, dryRun });
    this.log(`${dryRun ? "Would remove" : "Removed"} ${counted(runs.length, "run")} and ${counted(experiments.length, "experiment")}.`);
    return { schema: "llmops.gc/1", dry_run: dryRun, runs, experiments };
  }
}
