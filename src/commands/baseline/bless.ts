import type { BaselineBlessDocument } from "../../app/documents/projects.js";
import { Args } from "@oclif/core";
import { BaseCommand } from "../../cli/command/base-command.js";
import { LlmopsError } from "../../lib/base/errors/llmops-error.js";
import { toBaseline, writeBaseline } from "../../lib/experiments/runs/baseline.js";
import { findBestOfStudy, findScoredRun, scoredRun } from "../../lib/experiments/runs/scored-source.js";
import { findStudy } from "../../lib/experiments/study/study-folder.js";
import { withStore } from "../../app/tracking/with-store.js";
import { trackingUriFlag } from "../../cli/flags/store-flags.js";
import { baselineFolder, studyFolder } from "../../app/studies/study-folders.js";

/** `llmops baseline bless`: keeps the scores of a run for later runs to be compared with. */
export default class BaselineBless extends BaseCommand {
  static override summary = "Keep the scores of a run, sample by sample, as a baseline under version control.";
  static override description =
    "The same scores always produce the same bytes in .llmops/baselines/NAME.json. Without RUN, the best setting of the last sweep is used.";
  static override examples = ["<%= config.bin %> baseline bless main", "<%= config.bin %> baseline bless main 745ea258"];
  static override args = {
    name: Args.string({ description: "name of the baseline", required: true }),
    run: Args.string({ description: "a run (id, beginning of an id, name) or a study [default: the last sweep's best setting]" }),
  };
  static override flags = { "tracking-uri": trackingUriFlag };

  async run(): Promise<BaselineBlessDocument> {
    const { args, flags } = await this.parse(BaselineBless);
    return withStore(flags["tracking-uri"], async (store) => {
      const run =
        args.run === undefined ? await findBestOfStudy(store, findStudy(studyFolder(), "last").id) : await findScoredRun(store, args.run);
      const source = await scoredRun(store, run);
      const { scores } = source;
      if (!scores) {
        throw new LlmopsError("INVALID_ARGUMENT", `The run ${run.runId} has no per-sample scores.`, {
          hint: "Bless a run of a sweep, or one that recorded eval_results_table.json.",
        });
      }
      const baseline = toBaseline(run.params, { ...source, scores });
      const path = writeBaseline(baselineFolder(), args.name, baseline);
      this.log(`Blessed ${run.runName} (${run.runId.slice(0, 8)}) as ${path}. Compare with it: llmops sweep ... --baseline ${args.name}`);
      const metrics = Object.fromEntries(Object.entries(baseline.metrics).map(([metric, { mean }]) => [metric, mean]));
      return { schema: "llmops.baseline-bless/1", name: args.name, path, run_id: run.runId, metrics };
    });
  }
}
