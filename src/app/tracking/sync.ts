import { loadSettings } from "../../lib/base/config/load-settings.js";
import { withoutTrailingSlashes } from "../../lib/base/errors/text-ends.js";
import { isSameServer } from "../../lib/tracking/allowed-stores.js";
import { listDamagedJournals } from "../../lib/tracking/journal/journal-folder.js";
import { countLive, sendBacklog, type SentJournal } from "../../lib/tracking/journal/send-backlog.js";
import { openStore } from "../../lib/tracking/open-store.js";
import { journalFolder } from "./with-store.js";

export interface SyncOutcome {
  /** `trusted`: the operator names this store, and so it gets the environment's credentials. */
  journals: (SentJournal & { trusted: boolean })[];
  /** Journals of processes that are still running. */
  live: number;
  /** Files that no longer say which store their entries are for. */
  damaged: string[];
}

/** Sends what could not be recorded when it happened; with a store only what is for that one. What cannot be sent is in the outcome. */
export async function syncJournals({ trackingUri }: { trackingUri?: string | undefined }): Promise<SyncOutcome> {
  const folder = journalFolder();
  // a journal may be for a store that a request chose: the environment's credentials are for those the operator names
  const named = [trackingUri, loadSettings().settings["tracking.uri"]];
  const isTrusted = (uri: string) => named.some((one) => one !== undefined && isSameServer(uri, one));
  const journals = await sendBacklog(folder, {
    uri: trackingUri && withoutTrailingSlashes(trackingUri),
    open: (uri) => openStore({ uri, trusted: isTrusted(uri) }, { create: true }),
  });
  const sent = journals.map((journal) => ({ ...journal, trusted: isTrusted(journal.uri) }));
  return { journals: sent, live: countLive(folder), damaged: listDamagedJournals(folder) };
}
