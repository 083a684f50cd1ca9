import type { CompareRunsDocument } from "../../app/documents/runs.js";
import { Args } from "@oclif/core";
import { BaseCommand } from "../../cli/command/base-command.js";
import { LlmopsError } from "../../lib/base/errors/llmops-error.js";
import { toRunDocument } from "../../lib/tracking/run-document.js";
import { toComparisonDocument } from "../../lib/base/stats/comparison-document.js";
import { compareRuns } from "../../lib/experiments/runs/compare-runs.js";
import { findRun } from "../../lib/experiments/runs/find-runs.js";
import { typedBy } from "../../app/studies/study-options.js";
import { withStore } from "../../app/tracking/with-store.js";
import { directionFlags, directionsOf } from "../../cli/flags/compare-flags.js";
import { checkOutputFlags, reportFlags } from "../../cli/flags/output-flags.js";
import { publishComparison } from "../../cli/output/comparison-output.js";
import { trackingUriFlag } from "../../cli/flags/store-flags.js";

/** `llmops mlflow compare`: runs beside each other. */
export default class MlflowCompare extends BaseCommand {
  static override summary = "Compare runs with the first one: params that differ, metrics, and whether the difference is real.";
  static override description =
    "Runs that recorded scores of single samples (eval_results_table.json: sweeps, judged datasets, mlflow.evaluate) are compared " +
    "sample by sample, with an interval and a paired test corrected for the number of comparisons (Holm).";
  static override examples = [
    "<%= config.bin %> mlflow compare 745ea258 2b30d01d",
    "<%= config.bin %> mlflow compare baseline candidate-1 candidate-2 --json",
  ];
  static override strict = false;
  static override usage = "mlflow compare RUN RUN... [FLAGS]";
  static override args = { run: Args.string({ description: "two or more runs: ids, beginnings of ids, or names", required: true }) };
  static override flags = { "tracking-uri": trackingUriFlag, ...directionFlags, ...reportFlags };

  async run(): Promise<CompareRunsDocument> {
    const { argv, flags } = await this.parse(MlflowCompare);
    if (argv.length < 2) throw new LlmopsError("INVALID_ARGUMENT", "A single run cannot be compared.", { hint: "Name two or more runs." });
    checkOutputFlags(flags);
    return withStore(flags["tracking-uri"], async (store) => {
      const runs = await Promise.all((argv as string[]).map((name) => findRun(store, name)));
      const comparison = await compareRuns(store, runs, directionsOf(flags));
      for (const note of comparison.notes) this.note(note);
      const command = typedBy({ name: this.typedName, argv: this.argv });
      await publishComparison(comparison, { flags, command, log: (text) => this.log(text) });
      return {
        schema: "llmops.compare-runs/2",
        tracking_uri: store.uri,
        runs: runs.map(toRunDocument),
        differing_params: comparison.params,
        paired: comparison.paired.map((pair) => ({
          run_id: runs[pair.source]?.runId ?? "",
          score: pair.score,
          ...toComparisonDocument(pair),
        })),
      };
    });
  }
}
