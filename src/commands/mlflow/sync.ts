import type { SyncDocument } from "../../app/documents/tracking.js";
import { Flags } from "@oclif/core";
import { syncJournals } from "../../app/tracking/sync.js";
import { BaseCommand } from "../../cli/command/base-command.js";
import { EXIT } from "../../lib/base/errors/exit-codes.js";
import { describeJournal } from "../../lib/report/sync-lines.js";

/** `llmops mlflow sync`: sends what an outage or a crash left behind. */
export default class MlflowSync extends BaseCommand {
  static override summary = "Send entries that could not be recorded at the time, because of an outage, a crash, or a kill.";
  static override description =
    "Everything llmops records goes to a journal on disk first. Entries sent twice arrive once. " +
    "The next command that records to the same store does this by itself. The exit code is 3 if entries are left.";
  static override examples = ["<%= config.bin %> mlflow sync", "<%= config.bin %> mlflow sync --tracking-uri http://127.0.0.1:5000 --json"];
  static override flags = {
    "tracking-uri": Flags.string({ helpValue: "URI", description: "only entries for this store, as the journal names it" }),
  };

  async run(): Promise<SyncDocument> {
    const { flags } = await this.parse(MlflowSync);
    const { journals, live, damaged } = await syncJournals({ trackingUri: flags["tracking-uri"] });
    for (const journal of journals) this.log(describeJournal(journal));
    if (journals.length === 0 && damaged.length === 0) this.log("Nothing is waiting.");
    for (const path of damaged)
      this.note(`${path} is damaged: it no longer says which store its entries are for. They are JSON, one per line.`);
    if (live > 0) this.note(`${live} journals belong to running processes, which send them themselves.`);
    if (damaged.length > 0 || journals.some(({ left }) => left > 0)) process.exitCode = EXIT.broken;
    const sent = journals.map(({ uri, path, entries, left, rejected, error }) => ({
      ...{ tracking_uri: uri, path, entries, left, rejected },
      error: error?.message ?? null,
    }));
    return { schema: "llmops.sync/1", journals: sent, live, damaged };
  }
}
