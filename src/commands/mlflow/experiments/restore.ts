import type { RestoreDocument } from "../../../app/documents/tracking.js";
import { Args } from "@oclif/core";
import { BaseCommand } from "../../../cli/command/base-command.js";
import { findExperiment } from "../../../lib/tracking/find-experiment.js";
import { withStore } from "../../../app/tracking/with-store.js";
import { trackingUriFlag } from "../../../cli/flags/store-flags.js";

/** `llmops mlflow experiments restore`: brings an archived experiment back. */
export default class MlflowExperimentsRestore extends BaseCommand {
  static override summary = "Bring an archived experiment and its runs back.";
  static override examples = ["<%= config.bin %> mlflow experiments restore old-sweep"];
  static override args = { experiment: Args.string({ description: "name or id", required: true }) };
  static override flags = { "tracking-uri": trackingUriFlag };

  async run(): Promise<RestoreDocument> {
    const { args, flags } = await this.parse(MlflowExperimentsRestore);
    return withStore(flags["tracking-uri"], async (store) => {
      const { experimentId, name } = await findExperiment(store, args.experiment);
      await store.restoreExperiment(experimentId);
      this.log(`Restored ${name} (${experimentId}).`);
      return { schema: "llmops.restore/1", experiment_id: experimentId, name };
    });
  }
}
