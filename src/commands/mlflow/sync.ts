import type { SyncDocument } from "../../app/documents/tracking.js";
import { Flags } from "@oclif/core";
import { BaseCommand } from "../../cli/command/base-command.js";
import { loadSettings } from "../../lib/base/config/load-settings.js";
import { isSameServer } from "../../lib/tracking/allowed-stores.js";
import { openStore } from "../../lib/tracking/open-store.js";
import { countLive, sendBacklog, type SentJournal } from "../../lib/tracking/journal/send-backlog.js";
import { listDamagedJournals } from "../../lib/tracking/journal/journal-folder.js";
import { journalFolder } from "../../app/tracking/with-store.js";
import { EXIT } from "../../lib/base/errors/exit-codes.js";
import { counted } from "../../lib/base/errors/counted.js";
import { withoutTrailingSlashes } from "../../lib/base/errors/text-ends.js";

/** `llmops mlflow sync`: sends what an outage or a crash left behind. */
export default class MlflowSync extends BaseCommand {
  static override summary = "Send what could not be recorded when it happened: after an outage, a crash, or a kill.";
  static override description =
    "Everything llmops records goes to a journal on disk first. What is sent again arrives once. " +
    "The next command that records to the same store does the same by itself. Exit code 3 when something is still left.";
  static override examples = ["<%= config.bin %> mlflow sync", "<%= config.bin %> mlflow sync --tracking-uri http://127.0.0.1:5000 --json"];
  static override flags = {
    "tracking-uri": Flags.string({ helpValue: "URI", description: "only what is for this store, as the journal names it" }),
  };

  async run(): Promise<SyncDocument> {
    const { flags } = await this.parse(MlflowSync);
    const folder = journalFolder();
    // a journal may be for a store that a request chose: the environment's credentials are for those the operator names
    const named = [flags["tracking-uri"], loadSettings().settings["tracking.uri"]];
    const isTrusted = (uri: string) => named.some((one) => one !== undefined && isSameServer(uri, one));
    const journals = await sendBacklog(folder, {
      uri: flags["tracking-uri"] && withoutTrailingSlashes(flags["tracking-uri"]),
      open: (uri) => openStore({ uri, trusted: isTrusted(uri) }, { create: true }),
    });
    for (const journal of journals) this.log(describe(journal, isTrusted(journal.uri)));
    const live = countLive(folder);
    const damaged = listDamagedJournals(folder);
    if (journals.length === 0 && damaged.length === 0) this.log("Nothing is waiting.");
    for (const path of damaged)
      this.note(`${path} is damaged: it no longer says which store its entries are for. They are JSON, one a line.`);
    if (live > 0) this.note(`${live} journals belong to processes that are running: they send them themselves.`);
    if (damaged.length > 0 || journals.some(({ left }) => left > 0)) process.exitCode = EXIT.broken;
    return {
      schema: "llmops.sync/1",
      journals: journals.map(({ uri, error, ...rest }) => ({ tracking_uri: uri, ...rest, error: error?.message ?? null })),
      live,
      damaged,
    };
  }
}

function describe({ uri, path, entries, left, rejected, error }: SentJournal, isTrusted: boolean): string {
  const refused = rejected > 0 ? `, ${rejected} refused (see the .rejected.jsonl file beside ${path})` : "";
  if (error?.code === "STORE_FORBIDDEN" && !isTrusted) {
    return `${uri}: ${left} of ${entries} entries still wait. It wants credentials, which are sent where you name the server: llmops mlflow sync --tracking-uri ${uri}`;
  }
  if (error) return `${uri}: ${left} of ${entries} entries still wait. ${error.message}`;
  return `${uri}: sent ${counted(entries - left, "entry", "entries")}${refused}.`;
}
