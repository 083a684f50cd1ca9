import type { BestDocument } from "../../app/documents/runs.js";
import { Flags } from "@oclif/core";
import { BaseCommand } from "../../cli/command/base-command.js";
import { formatValue } from "../../lib/report/runs-table.js";
import { toRunDocument } from "../../lib/report/tracking-document.js";
import { findBest, guessDirection, type BestRun } from "../../lib/experiments/runs/best-run.js";
import { describeParams } from "../../lib/experiments/runs/run-columns.js";
import { withStore } from "../../app/tracking/with-store.js";
import { trackingUriFlag } from "../../cli/flags/store-flags.js";
import { counted } from "../../lib/base/errors/counted.js";

/** Other runs in the command that compares them, and how much of an id names a run. */
const [MOST_COMPARED, ID_DIGITS] = [4, 8];

/** `llmops mlflow best`: the best run by a metric. */
export default class MlflowBest extends BaseCommand {
  static override summary = "Find the best run by a metric, under conditions.";
  static override description =
    "Where runs were logged with intervals, those that reach the best one's are named: the metric does not tell them apart.";
  static override examples = [
    "<%= config.bin %> mlflow best --metric accuracy",
    "<%= config.bin %> mlflow best --metric eval_loss --direction min --experiment training",
    "<%= config.bin %> mlflow best --metric accuracy --where 'latency<2 AND params.model = \"demo\"' --json",
  ];
  static override flags = {
    metric: Flags.string({ required: true, description: "metric the runs are compared by", helpValue: "KEY" }),
    direction: Flags.option({
      options: ["max", "min"] as const,
      description: "what is better; without it, min for names of losses, errors, times and costs, else max",
    })(),
    where: Flags.string({
      aliases: ["filter"],
      description: "conditions in MLflow's grammar; a bare name is a metric",
      helpValue: "FILTER",
    }),
    experiment: Flags.string({
      multiple: true,
      multipleNonGreedy: true,
      description: "only the runs of this experiment",
      helpValue: "NAME",
    }),
    "tracking-uri": trackingUriFlag,
  };

  async run(): Promise<BestDocument> {
    const { flags } = await this.parse(MlflowBest);
    const { metric } = flags;
    const direction = flags.direction ?? guessDirection(metric);
    return withStore(flags["tracking-uri"], async (store) => {
      const best = await findBest(store, { metric, direction, experiments: flags.experiment, where: flags.where });
      this.log(render(best, metric, direction));
      const { run, value, low, high, considered, tied } = best;
      const overlapping = best.overlapping.map((other) => ({ run_id: other.run.runId, run_name: other.run.runName, value: other.value }));
      return {
        schema: "llmops.best/1",
        tracking_uri: store.uri,
        metric,
        direction,
        value,
        low,
        high,
        considered,
        tied,
        run: toRunDocument(run),
        overlapping,
      };
    });
  }
}

function render({ run, value, low, high, considered, tied, overlapping }: BestRun, metric: string, direction: "max" | "min"): string {
  const interval = low === null || high === null ? "" : ` (95 % interval ${formatValue(low)} to ${formatValue(high)})`;
  const shared = tied > 1 ? `, which ${tied} runs share` : "";
  const lines = [
    `${run.runName}  ${run.runId}`,
    `${metric} ${formatValue(value)}${interval}, the ${direction === "max" ? "highest" : "lowest"} of ${counted(considered, "run")}${shared}`,
    `params: ${describeParams(run.params)}`,
  ];
  if (overlapping.length > 0) {
    const names = overlapping.slice(0, 5).map((other) => `${other.run.runName} (${formatValue(other.value)})`);
    const more = overlapping.length > 5 ? `, and ${overlapping.length - 5} more` : "";
    const ids = [run, ...overlapping.slice(0, MOST_COMPARED).map((other) => other.run)].map(({ runId }) => runId.slice(0, ID_DIGITS));
    lines.push(`Its interval reaches that of ${names.join("; ")}${more}. Compare them: llmops mlflow compare ${ids.join(" ")}`);
  }
  return lines.join("\n");
}
