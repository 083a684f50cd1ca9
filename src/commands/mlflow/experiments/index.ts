import type { ExperimentsDocument } from "../../../app/documents/tracking.js";
import { Flags } from "@oclif/core";
import { BaseCommand } from "../../../cli/command/base-command.js";
import { renderExperiments } from "../../../lib/report/experiments-table.js";
import { toExperimentDocument } from "../../../lib/tracking/run-document.js";
import { listExperiments } from "../../../lib/tracking/find-experiment.js";
import { withStore } from "../../../app/tracking/with-store.js";
import { trackingUriFlag } from "../../../cli/flags/store-flags.js";
import { terminalScreen } from "../../../cli/terminal/terminal-screen.js";

/** `llmops mlflow experiments`: the experiments of a store. */
export default class MlflowExperiments extends BaseCommand {
  static override summary = "List the experiments of the MLflow store.";
  static override examples = ["<%= config.bin %> mlflow experiments", "<%= config.bin %> mlflow experiments --archived --json"];
  static override flags = {
    archived: Flags.boolean({ description: "list archived (deleted) experiments instead" }),
    "tracking-uri": trackingUriFlag,
  };

  async run(): Promise<ExperimentsDocument> {
    const { flags } = await this.parse(MlflowExperiments);
    return withStore(flags["tracking-uri"], async (store) => {
      const experiments = await listExperiments(store, flags.archived ? "DELETED_ONLY" : "ACTIVE_ONLY");
      this.log(renderExperiments(experiments, terminalScreen()));
      return { schema: "llmops.experiments/1", tracking_uri: store.uri, experiments: experiments.map(toExperimentDocument) };
    });
  }
}
