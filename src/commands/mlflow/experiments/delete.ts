import type { DeleteDocument } from "../../../app/documents/tracking.js";
import { Args, Flags } from "@oclif/core";
import { BaseCommand } from "../../../cli/command/base-command.js";
import { LlmopsError } from "../../../lib/base/errors/llmops-error.js";
import { findExperiment } from "../../../lib/tracking/find-experiment.js";
import { purgeExperiment } from "../../../lib/tracking/sqlite/purge.js";
import { SqliteStore } from "../../../lib/tracking/sqlite/sqlite-store.js";
import { withStore } from "../../../app/tracking/with-store.js";
import { trackingUriFlag } from "../../../cli/flags/store-flags.js";
import { counted } from "../../../lib/base/errors/counted.js";

/** `llmops mlflow experiments delete`: removes an experiment for good. */
export default class MlflowExperimentsDelete extends BaseCommand {
  static override summary = "Delete an experiment for good, with its runs and files. To hide it, archive it instead.";
  static override examples = ["<%= config.bin %> mlflow experiments delete old-sweep --yes"];
  static override args = { experiment: Args.string({ description: "name or id", required: true }) };
  static override flags = {
    yes: Flags.boolean({ char: "y", description: "really: nothing brings it back" }),
    "tracking-uri": trackingUriFlag,
  };

  async run(): Promise<DeleteDocument> {
    const { args, flags } = await this.parse(MlflowExperimentsDelete);
    return withStore(flags["tracking-uri"], async (store) => {
      const { experimentId, name } = await findExperiment(store, args.experiment);
      if (!(store instanceof SqliteStore)) {
        throw new LlmopsError("INVALID_ARGUMENT", "A tracking server does not delete for good.", {
          hint: `Archive it (llmops mlflow experiments archive "${name}") and run gc where the store is.`,
        });
      }
      if (!flags.yes) {
        throw new LlmopsError("INVALID_ARGUMENT", `This deletes ${name} (${experimentId}) and its files for good.`, {
          hint: "Pass --yes to confirm.",
        });
      }
      const { runs } = await purgeExperiment(store, experimentId);
      this.log(`Deleted ${name} (${experimentId}) and ${counted(runs.length, "run")}.`);
      return { schema: "llmops.delete/1", experiment_id: experimentId, name, runs: runs.length };
    });
  }
}
