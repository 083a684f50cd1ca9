import type { LlmopsError } from "../../base/errors/llmops-error.js";
import type { TrackingStore } from "../tracking-store.js";
import { JournalFile } from "./journal-file.js";
import { journalUnwritable } from "./journal-folder.js";
import { Sender } from "./sender.js";

/** How many entries did not reach the store, and the file that keeps them. */
export interface Backlog {
  /** Waiting in the file. */
  entries: number;
  /** Lost, because the file could not be written, or was deleted. */
  lost: number;
  path: string;
  /** Why entries are lost, or why those that were sent are no longer in the store. */
  loss: LlmopsError | undefined;
}

/** What was lost before it came into a journal, and whether the store still has what it was given. */
export interface Losses {
  lost: number;
  loss: LlmopsError | undefined;
  gone: LlmopsError | undefined;
}

/** The journals of one store that a process sends: what processes that are gone left, then its own. */
export class Outbox {
  readonly own: JournalFile;
  readonly senders: readonly Sender[];
  private readonly journals: readonly JournalFile[];
  private readonly ownSender: Sender;

  /** Takes over what was left. Throws STORE_UNWRITABLE. */
  constructor(store: TrackingStore, folder: string) {
    const left = JournalFile.adopt(folder, store.uri);
    this.own = JournalFile.create(folder, store.uri);
    this.ownSender = new Sender(this.own, store, { recovered: false });
    this.journals = [...left, this.own];
    this.senders = [...left.map((journal) => new Sender(journal, store, { recovered: true })), this.ownSender];
  }

  /** Entries that are not in the store yet. */
  get pending(): number {
    return sumOf(this.journals);
  }

  isSent(): boolean {
    return this.journals.every((journal) => journal.isSent());
  }

  isOwn(sender: Sender): boolean {
    return sender === this.ownSender;
  }

  /** The id of an experiment that runs of this process were started in, once the store has answered. */
  experimentIdOf(name: string): string | undefined {
    return this.ownSender.experimentIdOf(name);
  }

  /** The id the store gave a run of this process; undefined before it has, and where it refused the run. */
  idOf(run: string): string | undefined {
    return this.ownSender.hasRefused(run) ? undefined : this.own.progress.idOf(run);
  }

  /** Undefined where nothing is left and nothing is lost. */
  backlog({ lost, loss, gone }: Losses): Backlog | undefined {
    const entries = sumOf(this.journals.filter(({ isThere }) => isThere));
    const deleted = this.pending - entries;
    if (entries + deleted + lost === 0 && !gone) return undefined;
    const { path } = this.own;
    const why = loss ?? gone ?? (deleted > 0 ? journalUnwritable(path, new Error("it was deleted")) : undefined);
    return { entries, lost: lost + deleted, path, loss: why };
  }

  /** Has everything sent once more that is still in the files: the store that took it is gone. */
  sendAgain(): void {
    for (const journal of this.journals) journal.sendAgain();
  }

  /** What has been sent is deleted; with `discard` what is this process's own too. */
  close({ discard = false } = {}): void {
    for (const journal of this.journals) journal.close({ discard: discard && journal === this.own });
  }
}

function sumOf(journals: readonly JournalFile[]): number {
  return journals.reduce((sum, journal) => sum + journal.pending(), 0);
}
