import { LlmopsError, toLlmopsError } from "../../base/errors/llmops-error.js";
import type { TrackingStore } from "../tracking-store.js";
import { JournalFile } from "./journal-file.js";
import { listJournals } from "./journal-folder.js";
import { Sender } from "./sender.js";

/** What became of one journal. */
export interface SentJournal {
  uri: string;
  path: string;
  /** Entries that were waiting, and of them those that still are. */
  entries: number;
  left: number;
  /** Entries the store refused for good. */
  rejected: number;
  error: LlmopsError | undefined;
}

/** Sends what processes that are gone left in their journals. Journals of live processes are theirs and stay. */
export async function sendBacklog(
  folder: string,
  { uri, open }: { uri: string | undefined; open: (uri: string) => Promise<TrackingStore> },
): Promise<SentJournal[]> {
  const sent: SentJournal[] = [];
  for (const journal of JournalFile.adopt(folder, uri)) sent.push(await sendJournal(journal, open));
  return sent;
}

/** How many journals belong to processes that are still running. */
export function countLive(folder: string): number {
  return listJournals(folder).filter(({ isInUse }) => isInUse).length;
}

async function sendJournal(journal: JournalFile, open: (uri: string) => Promise<TrackingStore>): Promise<SentJournal> {
  const result = { uri: journal.uri, path: journal.path, entries: journal.pending(), left: 0, rejected: 0, error: undefined };
  let store: TrackingStore | undefined;
  try {
    store = await open(journal.uri);
    const sender = new Sender(journal, store, { recovered: true });
    await sender.send();
    return { ...result, left: journal.pending(), rejected: sender.rejected };
  } catch (error) {
    return { ...result, left: journal.pending(), error: toLlmopsError(error) };
  } finally {
    await store?.close();
    journal.close();
  }
}
