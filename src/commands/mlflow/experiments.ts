import chalk from "chalk";
import { BaseCommand } from "../../base-command.js";
import { renderExperiments } from "../../lib/report/experiments-table.js";
import { toExperimentDocument, type ExperimentDocument } from "../../lib/report/tracking-document.js";
import { openStore } from "../../lib/tracking/open-store.js";
import { trackingUriFlag } from "../../store-flags.js";

interface ExperimentsResult {
  schema: "llmops.experiments/1";
  tracking_uri: string;
  experiments: ExperimentDocument[];
}

/** `llmops mlflow experiments`: the experiments of a store. */
export default class MlflowExperiments extends BaseCommand {
  static override summary = "List the experiments of the MLflow store.";
  static override examples = ["<%= config.bin %> mlflow experiments", "<%= config.bin %> mlflow experiments --json"];
  static override flags = { "tracking-uri": trackingUriFlag };

  async run(): Promise<ExperimentsResult> {
    const { flags } = await this.parse(MlflowExperiments);
    const store = openStore(flags["tracking-uri"], { create: false });
    try {
      const experiments = await store.listExperiments();
      this.log(renderExperiments(experiments, chalk));
      return { schema: "llmops.experiments/1", tracking_uri: store.uri, experiments: experiments.map(toExperimentDocument) };
    } finally {
      await store.close();
    }
  }
}
