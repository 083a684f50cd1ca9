import { Flags } from "@oclif/core";
import chalk from "chalk";
import { BaseCommand } from "../../base-command.js";
import { LlmopsError } from "../../lib/errors/llmops-error.js";
import { renderRuns } from "../../lib/report/runs-table.js";
import { toRunDocument, type RunDocument } from "../../lib/report/tracking-document.js";
import { openStore } from "../../lib/tracking/open-store.js";
import type { TrackingStore } from "../../lib/tracking/tracking-store.js";
import { trackingUriFlag } from "../../store-flags.js";

interface RunsResult {
  schema: "llmops.runs/1";
  tracking_uri: string;
  runs: RunDocument[];
}

/** `llmops mlflow runs`: the latest runs of a store. */
export default class MlflowRuns extends BaseCommand {
  static override summary = "List the runs of the MLflow store, newest first.";
  static override examples = ["<%= config.bin %> mlflow runs", "<%= config.bin %> mlflow runs --experiment sweep --limit 5 --json"];
  static override flags = {
    experiment: Flags.string({ description: "only the runs of this experiment", helpValue: "NAME" }),
    limit: Flags.integer({ default: 20, min: 1, description: "at most so many runs" }),
    "tracking-uri": trackingUriFlag,
  };

  async run(): Promise<RunsResult> {
    const { flags } = await this.parse(MlflowRuns);
    const store = openStore(flags["tracking-uri"], { create: false });
    try {
      const runs = await store.listRuns(await experimentIds(store, flags.experiment), flags.limit);
      this.log(renderRuns(runs, chalk));
      return { schema: "llmops.runs/1", tracking_uri: store.uri, runs: runs.map(toRunDocument) };
    } finally {
      await store.close();
    }
  }
}

async function experimentIds(store: TrackingStore, name: string | undefined): Promise<string[]> {
  const experiments = await store.listExperiments();
  const chosen = experiments.filter((experiment) => name === undefined || experiment.name === name);
  if (chosen.length > 0) return chosen.map((experiment) => experiment.experimentId);
  throw new LlmopsError("STORE_NOT_FOUND", `There is no experiment "${name}" in ${store.uri}.`, {
    hint: `Experiments: ${experiments.map((experiment) => experiment.name).join(", ")}.`,
  });
}
