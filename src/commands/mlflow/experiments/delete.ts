import type { DeleteDocument } from "../../../app/documents/tracking.js";
import { Args, Flags } from "@oclif/core";
import { BaseCommand } from "../../../cli/command/base-command.js";
import { deleteExperiment } from "../../../app/tracking/purge.js";
import { trackingUriFlag } from "../../../cli/flags/store-flags.js";
import { counted } from "../../../lib/base/errors/counted.js";

/** `llmops mlflow experiments delete`: removes an experiment for good. */
export default class MlflowExperimentsDelete extends BaseCommand {
  static override summary = "Delete an experiment for good, with its runs and files. To hide it, archive it instead.";
  static override examples = ["<%= config.bin %> mlflow experiments delete old-sweep --yes"];
  static override args = { experiment: Args.string({ description: "name or id", required: true }) };
  static override flags = {
    yes: Flags.boolean({ char: "y", description: "confirm: this cannot be undone" }),
    "tracking-uri": trackingUriFlag,
  };

  async run(): Promise<DeleteDocument> {
    const { args, flags } = await this.parse(MlflowExperimentsDelete);
    const deletion = { experiment: args.experiment, trackingUri: flags["tracking-uri"], confirmed: flags.yes };
    const { experimentId, name, runs } = await deleteExperiment(deletion);
    this.log(`Deleted ${name} (${experimentId}) and ${counted(runs, "run")}.`);
    return { schema: "llmops.delete/1", experiment_id: experimentId, name, runs };
  }
}
