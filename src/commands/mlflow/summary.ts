import type { SummaryDocument } from "../../app/documents/tracking.js";
import { BaseCommand } from "../../cli/command/base-command.js";
import { summarizeStore } from "../../lib/experiments/runs/summarize-store.js";
import { withStore } from "../../app/tracking/with-store.js";
import { trackingUriFlag } from "../../cli/flags/store-flags.js";

/** `llmops mlflow summary`: the store at a glance. */
export default class MlflowSummary extends BaseCommand {
  static override summary = "Show the store at a glance: experiments, training hours, best loss, response time, cache hits.";
  static override description = "A value that no run recorded is a dash, or null with --json.";
  static override examples = ["<%= config.bin %> mlflow summary", "<%= config.bin %> mlflow summary --json"];
  static override flags = { "tracking-uri": trackingUriFlag };

  async run(): Promise<SummaryDocument> {
    const { flags } = await this.parse(MlflowSummary);
    return withStore(flags["tracking-uri"], async (store) => {
      const summary = await summarizeStore(store);
      for (const [name, value] of Object.entries(summary)) this.log(`${name.replaceAll("_", " ").padEnd(22)} ${value ?? "-"}`);
      return { schema: "llmops.summary/1", tracking_uri: store.uri, ...summary };
    });
  }
}
