import type { RunsDocument } from "../../app/documents/runs.js";
import { Flags } from "@oclif/core";
import { BaseCommand } from "../../cli/command/base-command.js";
import { renderRuns } from "../../lib/report/runs-table.js";
import { toRunDocument } from "../../lib/tracking/run-document.js";
import { findRuns } from "../../lib/experiments/runs/find-runs.js";
import { defaultColumns, parseColumn } from "../../lib/experiments/runs/run-columns.js";
import { withStore } from "../../app/tracking/with-store.js";
import { experimentsFlag, trackingUriFlag } from "../../cli/flags/store-flags.js";
import { terminalScreen } from "../../cli/terminal/terminal-screen.js";

/** `llmops mlflow runs`: the runs of a store. */
export default class MlflowRuns extends BaseCommand {
  static override summary = "List the runs of the MLflow store, newest first.";
  static override description =
    "Shows the params that differ between the runs and their most common metrics. " +
    "--filter and --sort take MLflow's search grammar; --json prints everything a run has.";
  static override examples = [
    "<%= config.bin %> mlflow runs",
    "<%= config.bin %> mlflow runs --experiment sweep --filter \"metrics.accuracy > 0.9 AND params.model = 'demo'\"",
    '<%= config.bin %> mlflow runs --sort "metrics.accuracy DESC" --columns params.temperature,metrics.accuracy,duration --json',
  ];
  static override flags = {
    experiment: experimentsFlag("only the runs of this experiment (a name or an id)"),
    filter: Flags.string({ description: "MLflow's search filter, as in: metrics.accuracy > 0.9", helpValue: "FILTER" }),
    sort: Flags.string({ multiple: true, multipleNonGreedy: true, description: 'order, as in: "metrics.accuracy DESC"', helpValue: "KEY" }),
    columns: Flags.string({
      description: "comma-separated columns: metrics.KEY, params.KEY, tags.KEY, duration, user, ...",
      helpValue: "LIST",
    }),
    "all-params": Flags.boolean({ description: "show every param, including those that all runs share" }),
    deleted: Flags.boolean({ description: "show deleted runs instead" }),
    limit: Flags.integer({ default: 20, min: 1, description: "maximum number of runs" }),
    "tracking-uri": trackingUriFlag,
  };

  async run(): Promise<RunsDocument> {
    const { flags } = await this.parse(MlflowRuns);
    const columns = flags.columns?.split(",").map((name) => parseColumn(name.trim()));
    return withStore(flags["tracking-uri"], async (store) => {
      const runs = await findRuns(store, {
        experiments: flags.experiment,
        filter: flags.filter,
        orderBy: flags.sort,
        viewType: flags.deleted ? "DELETED_ONLY" : "ACTIVE_ONLY",
        limit: flags.limit,
      });
      const shown = columns ?? defaultColumns(runs, { allParams: flags["all-params"] });
      this.log(renderRuns(runs, shown, terminalScreen()));
      return { schema: "llmops.runs/1", tracking_uri: store.uri, runs: runs.map(toRunDocument) };
    });
  }
}
