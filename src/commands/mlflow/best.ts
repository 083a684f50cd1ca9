import { Flags } from "@oclif/core";
import type { BestDocument } from "../../app/documents/runs.js";
import { withStore } from "../../app/tracking/with-store.js";
import { BaseCommand } from "../../cli/command/base-command.js";
import { experimentsFlag, trackingUriFlag } from "../../cli/flags/store-flags.js";
import { usualDirection } from "../../lib/base/stats/metric-directions.js";
import { findBest } from "../../lib/experiments/runs/best-run.js";
import { describeBestRun } from "../../lib/report/best-run-text.js";
import { toRunDocument } from "../../lib/tracking/run-document.js";

/** `llmops mlflow best`: the best run by a metric. */
export default class MlflowBest extends BaseCommand {
  static override summary = "Find the best run by a metric, optionally under conditions.";
  static override description =
    "If runs were logged with intervals, the runs whose interval overlaps the best one's are named: the metric cannot tell them apart.";
  static override examples = [
    "<%= config.bin %> mlflow best --metric accuracy",
    "<%= config.bin %> mlflow best --metric eval_loss --direction min --experiment training",
    "<%= config.bin %> mlflow best --metric accuracy --where 'latency<2 AND params.model = \"demo\"' --json",
  ];
  static override flags = {
    metric: Flags.string({ required: true, description: "metric the runs are compared by", helpValue: "KEY" }),
    direction: Flags.option({
      options: ["max", "min"] as const,
      description: "which direction is better [default: min for names of losses, errors, times, costs, and harms, otherwise max]",
    })(),
    where: Flags.string({
      aliases: ["filter"],
      description: "conditions in MLflow's grammar; a bare name is a metric",
      helpValue: "FILTER",
    }),
    experiment: experimentsFlag("only the runs of this experiment"),
    "tracking-uri": trackingUriFlag,
  };

  async run(): Promise<BestDocument> {
    const { flags } = await this.parse(MlflowBest);
    const { metric, where } = flags;
    const usual = usualDirection(metric);
    const direction = flags.direction ?? (usual === "min" ? "min" : "max");
    if (flags.direction === undefined && usual !== "min" && usual !== "max") {
      this.note(`Whether more or less ${metric} is better is not known: the highest is shown. --direction min shows the lowest.`);
    }
    return withStore(flags["tracking-uri"], async (store) => {
      const best = await findBest(store, { metric, direction, experiments: flags.experiment, where });
      this.log(describeBestRun(best, metric, direction));
      const { run, value, low, high, considered, tied } = best;
      const overlapping = best.overlapping.map((other) => ({ run_id: other.run.runId, run_name: other.run.runName, value: other.value }));
      return {
        ...{ schema: "llmops.best/1", tracking_uri: store.uri, metric, direction, value, low, high, considered, tied },
        ...{ run: toRunDocument(run), overlapping },
      };
    });
  }
}
