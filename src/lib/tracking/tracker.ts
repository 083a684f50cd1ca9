import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { LlmopsError, toLlmopsError } from "../errors/llmops-error.js";
import { packMetrics, type Entry } from "./journal/entries.js";
import { JournalFile } from "./journal/journal-file.js";
import { Sender } from "./journal/sender.js";
import { toValidKey } from "./limits.js";
import type { DatasetInput, Metric, RunStatus } from "./records.js";
import type { TrackingStore } from "./tracking-store.js";

export interface TrackerOptions {
  /** The folder of journals. */
  folder: string;
  /** Hears of the first failure of an outage, and of entries the store refused. */
  onProblem?: (error: LlmopsError) => void;
}

export interface NewTrackedRun {
  experiment: string;
  name?: string | undefined;
  startTime?: number;
  userId?: string;
  tags?: Record<string, string>;
  parent?: TrackedRun;
}

export interface TrackedBatch {
  params?: Record<string, string>;
  metrics?: readonly (Omit<Metric, "timestamp" | "step"> & Partial<Metric>)[];
  tags?: Record<string, string>;
  /** Tags that name another run. */
  runTags?: Record<string, TrackedRun>;
}

/** How many entries did not reach the store, and the file that keeps them. */
export interface Backlog {
  entries: number;
  path: string;
}

/** Entries wait so long for others to go with them. */
const GATHER_MS = 25;
const BEGIN_DEADLINE_MS = 30_000;
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;

/**
 * Records runs without making anyone wait: entries go to a journal on disk and from there to the store, in
 * their order. An outage, a crash or a kill loses nothing; what is left is sent by the next tracker of the
 * store or by `llmops mlflow sync`, and arrives once.
 */
export class Tracker {
  private readonly journal: JournalFile;
  private readonly senders: { journal: JournalFile; sender: Sender }[];
  private readonly onProblem: (error: LlmopsError) => void;
  private readonly stop = new AbortController();
  /** Ends the pause between two attempts. */
  private pause = new AbortController();
  private working: Promise<void> | undefined;
  /** Of the last attempt to send. */
  private lastError: LlmopsError | undefined;
  /** What the store refused for good since the last `begin`. */
  private refusal: LlmopsError | undefined;
  private ended = false;
  /** Set while a caller is told of failures directly. */
  private quiet = false;

  /** Also takes over what processes that are gone left for this store. Throws STORE_UNWRITABLE. */
  constructor(store: TrackingStore, { folder, onProblem = () => undefined }: TrackerOptions) {
    const left = JournalFile.adopt(folder, store.uri).map((journal) => ({
      journal,
      sender: new Sender(journal, store, { recovered: true }),
    }));
    this.journal = JournalFile.create(folder, store.uri);
    this.senders = [...left, { journal: this.journal, sender: new Sender(this.journal, store, { recovered: false }) }];
    this.onProblem = onProblem;
    if (left.length > 0) this.wake();
  }

  /** Starts a run. It gets its id from the store later: see `idOf`. */
  startRun({ experiment, name, startTime = Date.now(), userId = "", tags = {}, parent }: NewTrackedRun): TrackedRun {
    const key = randomUUID();
    this.add({
      op: "run",
      run: key,
      experiment,
      name,
      startTime: Math.round(startTime),
      userId,
      tags: validKeys(tags),
      parent: parent?.key,
    });
    return new TrackedRun(
      key,
      (entry) => this.add(entry),
      (content) => this.journal.keepContent(content),
    );
  }

  /** True while the store does not take what it is sent. */
  get isFailing(): boolean {
    return this.lastError !== undefined && !this.isSent();
  }

  /** The id the store gave a run, once it has. */
  idOf(run: TrackedRun): string | undefined {
    return this.journal.progress.runs[run.key];
  }

  /** The id of an experiment runs were started in, once the store has answered. */
  experimentIdOf(name: string): string | null {
    return this.senders.at(-1)?.sender.experimentIdOf(name) ?? null;
  }

  /**
   * Waits until the store has what was started so far, so that one that is away or refuses is noticed before the
   * work. Throws its error; then nothing of it is kept, and the tracker has ended.
   */
  async begin(): Promise<void> {
    try {
      await this.flush({ deadlineMs: BEGIN_DEADLINE_MS, failFast: true });
    } catch (error) {
      await this.end();
      for (const { journal } of this.senders) journal.close({ discard: journal === this.journal });
      throw error;
    }
  }

  /** Waits until everything is in the store, at most so long. With `failFast` the store's first failure is thrown. */
  async flush({ deadlineMs, failFast = false }: { deadlineMs: number; failFast?: boolean }): Promise<Backlog | undefined> {
    if (failFast) this.lastError = this.refusal = undefined;
    this.quiet = failFast;
    this.pause.abort();
    const end = Date.now() + deadlineMs;
    while (!this.isSent() && Date.now() < end) {
      this.wake();
      await Promise.race([this.working, sleep(GATHER_MS)]);
      if (failFast && this.lastError) throw this.lastError;
    }
    this.quiet = false;
    if (failFast && this.refusal) throw this.refusal;
    if (this.isSent()) return undefined;
    const entries = this.senders.reduce((sum, { journal }) => sum + journal.pending(), 0);
    return { entries, path: this.journal.path };
  }

  /** Flushes and ends. What could not be sent stays in the journal and is returned. */
  async close({ deadlineMs }: { deadlineMs: number }): Promise<Backlog | undefined> {
    if (this.ended) return undefined;
    const backlog = await this.flush({ deadlineMs });
    await this.end();
    for (const { journal } of this.senders) journal.close();
    return backlog;
  }

  private add(entry: Entry): void {
    this.journal.append(entry);
    this.wake();
  }

  private wake(): void {
    this.working ??= this.work().finally(() => (this.working = undefined));
  }

  private async end(): Promise<void> {
    this.ended = true;
    this.stop.abort();
    this.pause.abort();
    await this.working;
    await this.journal.written().catch((error: unknown) => this.onProblem(toLlmopsError(error)));
  }

  private isSent(): boolean {
    return this.senders.every(({ journal }) => journal.isSent());
  }

  /** Sends until nothing is left; pauses, longer each time, while the store cannot take it. */
  private async work(): Promise<void> {
    let pauseMs = 0;
    while (!this.isSent() && !this.stop.signal.aborted) {
      this.pause = new AbortController();
      await sleep(pauseMs || GATHER_MS, undefined, { signal: this.pause.signal }).catch(() => undefined);
      try {
        await this.journal.written();
        for (const { sender } of this.senders) await this.sendAll(sender);
        pauseMs = 0;
        this.lastError = undefined;
      } catch (error) {
        this.lastError = toLlmopsError(error);
        if (pauseMs === 0 && !this.quiet) this.onProblem(this.lastError);
        pauseMs = Math.min(LONGEST_PAUSE_MS, pauseMs === 0 ? FIRST_PAUSE_MS : pauseMs * 2);
      }
    }
  }

  private async sendAll(sender: Sender): Promise<void> {
    const before = sender.rejected;
    await sender.send();
    const refused = sender.rejected - before;
    if (refused === 0) return;
    this.refusal = sender.refusal;
    if (this.quiet) return;
    const hint = "They and the reasons stand in the .rejected.jsonl file in the folder of journals.";
    this.onProblem(
      new LlmopsError("STORE_CONFLICT", `The MLflow store refused ${refused} ${refused === 1 ? "entry" : "entries"}.`, { hint }),
    );
  }
}

/** A run that is being recorded; nothing here waits. */
export class TrackedRun {
  readonly key: string;
  private readonly add: (entry: Entry) => void;
  private readonly keepContent: (content: string | Uint8Array) => string;

  constructor(key: string, add: (entry: Entry) => void, keepContent: (content: string | Uint8Array) => string) {
    this.key = key;
    this.add = add;
    this.keepContent = keepContent;
  }

  /** Adds params, metrics and tags; keys outside MLflow's alphabet are changed to fit, times and steps are rounded. */
  log({ params = {}, metrics = [], tags = {}, runTags = {} }: TrackedBatch): void {
    const points = metrics.map(({ key, value, timestamp = Date.now(), step = 0 }) => ({
      key: toValidKey(key),
      value,
      timestamp: Math.max(0, Math.round(timestamp)),
      step: Math.round(step),
    }));
    const links = Object.fromEntries(Object.entries(runTags).map(([tag, run]) => [tag, run.key]));
    this.add({
      op: "batch",
      run: this.key,
      params: validKeys(params),
      metrics: packMetrics(points),
      tags: validKeys(tags),
      runTags: links,
    });
  }

  dataset(dataset: DatasetInput): void {
    this.add({ op: "dataset", run: this.key, dataset });
  }

  /** Keeps the content beside the journal until it is sent. Throws STORE_UNWRITABLE. */
  artifact(path: string, content: string | Uint8Array): void {
    this.add({ op: "artifact", run: this.key, path, file: this.keepContent(content) });
  }

  end(status: RunStatus, endTime = Date.now()): void {
    this.add({ op: "end", run: this.key, status, endTime: Math.round(endTime) });
  }
}

function validKeys(values: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [toValidKey(key), value]));
}
