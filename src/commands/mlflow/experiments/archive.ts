import type { ArchiveDocument } from "../../../app/documents/tracking.js";
import { Args, Flags } from "@oclif/core";
import { BaseCommand } from "../../../cli/command/base-command.js";
import { LlmopsError } from "../../../lib/base/errors/llmops-error.js";
import { parseDuration } from "../../../lib/base/config/duration.js";
import { findExperiment, listExperiments } from "../../../lib/tracking/find-experiment.js";
import type { Experiment } from "../../../lib/tracking/records.js";
import type { TrackingStore } from "../../../lib/tracking/tracking-store.js";
import { withStore } from "../../../app/tracking/with-store.js";
import { trackingUriFlag } from "../../../cli/flags/store-flags.js";

/** `llmops mlflow experiments archive`: takes experiments out of sight. */
export default class MlflowExperimentsArchive extends BaseCommand {
  static override summary = "Archive experiments, which hides them and their runs until they are restored.";
  static override description = "In MLflow's words the experiment is deleted; `mlflow gc` removes it for good.";
  static override examples = [
    "<%= config.bin %> mlflow experiments archive old-sweep",
    "<%= config.bin %> mlflow experiments archive --unused-for 90d --dry-run",
  ];
  static override args = { experiment: Args.string({ description: "name or id" }) };
  static override flags = {
    "unused-for": Flags.string({
      helpValue: "TIME",
      description: "every experiment without a run started within this time, such as 30d or 12w",
    }),
    "dry-run": Flags.boolean({ description: "only say which" }),
    "tracking-uri": trackingUriFlag,
  };

  async run(): Promise<ArchiveDocument> {
    const { args, flags } = await this.parse(MlflowExperimentsArchive);
    const unusedMs = flags["unused-for"] === undefined ? undefined : parseDuration(flags["unused-for"]);
    if ((args.experiment === undefined) === (unusedMs === undefined)) {
      throw new LlmopsError("INVALID_ARGUMENT", "Name an experiment, or pass --unused-for TIME.", { hint: "See --help." });
    }
    return withStore(flags["tracking-uri"], async (store) => {
      const chosen =
        unusedMs === undefined ? [await findExperiment(store, args.experiment ?? "")] : await findUnused(store, Date.now() - unusedMs);
      if (!flags["dry-run"]) for (const { experimentId } of chosen) await store.deleteExperiment(experimentId);
      const verb = flags["dry-run"] ? "Would archive" : "Archived";
      for (const { experimentId, name } of chosen) this.log(`${verb} ${name} (${experimentId}).`);
      if (chosen.length === 0) this.log("Nothing to archive.");
      return { schema: "llmops.archive/1", archived: chosen.map(({ experimentId, name }) => ({ experiment_id: experimentId, name })) };
    });
  }
}

/** Experiments that are older and whose runs all are; Default is never one of them. */
async function findUnused(store: TrackingStore, before: number): Promise<Experiment[]> {
  const old = (await listExperiments(store)).filter(({ experimentId, creationTime }) => experimentId !== "0" && creationTime < before);
  const filter = `start_time >= ${before}`;
  const used = await Promise.all(old.map(({ experimentId }) => store.searchRuns({ experimentIds: [experimentId], filter, maxResults: 1 })));
  return old.filter((_, index) => used[index]?.items.length === 0);
}
