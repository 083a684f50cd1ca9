import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { counted } from "../base/errors/counted.js";
import { LlmopsError, toLlmopsError } from "../base/errors/llmops-error.js";
import type { Entry } from "./journal/entries.js";
import { Outbox, type Backlog, type Losses } from "./journal/outbox.js";
import { Unwritten } from "./journal/unwritten.js";
import type { Sender } from "./journal/sender.js";
import { asGiven } from "./recorded-points.js";
import type { RunStatus } from "./records.js";
import type { Patience, TrackerOptions } from "./tracker-options.js";
import { TrackedRun, toValidKeys, type LastingRun, type NewTrackedRun } from "./tracked-run.js";
import type { TrackingStore } from "./tracking-store.js";

/** Entries wait so long for others to go with them. */
const GATHER_MS = 25;
const BUSY_GATHER_MS = 1000;
/** While the machine is busy, each millisecond of sending is followed by so many of rest. */
const REST = 99;
const LONGEST_REST_MS = 1000;
const HURRY_MS = 1000;
const BEGIN_DEADLINE_MS = 30_000;
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;

/**
 * Records runs without making anyone wait: entries go to a journal on disk and from there to the store, in
 * their order. An outage, a crash or a kill loses nothing; what is left is sent by the next tracker of the
 * store or by `llmops mlflow sync`, and arrives once.
 */
export class Tracker {
  private readonly store: TrackingStore;
  private readonly outbox: Outbox;
  private readonly onProblem: (error: LlmopsError) => void;
  private readonly isBusy: () => boolean;
  /** Entries that go into the journal together. */
  private gathered: Entry[] | undefined;
  private hurryUntil = 0;
  /** Runs that were started and have not ended. */
  private readonly open = new Set<string>();
  private isSealed = false;
  private readonly stop = new AbortController();
  /** Ends the pause between two attempts. */
  private pause = new AbortController();
  private working: Promise<void> | undefined;
  /** Of the last attempt to send. */
  private lastError: LlmopsError | undefined;
  /** What the store refused for good since the last `begin`. */
  private refusal: LlmopsError | undefined;
  private ended = false;
  /** Entries the journal could not take, and why the first of them. */
  private readonly unwritten = new Unwritten();
  /** What was sent is no longer where the store put it. */
  private gone: LlmopsError | undefined;
  /** Set while a caller is told of failures directly. */
  private quiet = false;

  /** Also takes over what processes that are gone left for this store. Throws STORE_UNWRITABLE. */
  constructor(store: TrackingStore, { folder, onProblem = () => undefined, isBusy = () => false }: TrackerOptions) {
    this.store = store;
    this.outbox = new Outbox(store, folder);
    this.onProblem = onProblem;
    this.isBusy = isBusy;
    if (!this.outbox.isSent()) this.wake();
  }

  /** Starts a run. It gets its id from the store later: see `idOf`. */
  startRun(run: NewTrackedRun): TrackedRun {
    const { experiment, name, startTime = Date.now(), userId = "", tags = {}, parent, lasting } = run;
    const { key, continues, points, outdated }: LastingRun = lasting ?? { key: randomUUID(), continues: false, points: "timed" };
    this.open.add(key);
    this.add({
      op: "run",
      run: key,
      experiment,
      name,
      startTime: Math.round(startTime),
      userId,
      tags: toValidKeys(tags),
      parent: parent?.key,
      ...(continues && { continues, outdated }),
    });
    return new TrackedRun(key, {
      add: (entry) => {
        if (entry.op === "end") this.open.delete(key);
        this.add(entry);
      },
      place: (metrics) => (points === "timed" ? metrics.map(asGiven) : (this.orLose(() => points.place(key, metrics)) ?? [])),
      keepContent: (content) => this.orLose(() => this.outbox.own.keepContent(content)),
    });
  }

  /** True while the store does not take what it is sent. */
  get isFailing(): boolean {
    return this.lastError !== undefined && !this.outbox.isSent();
  }

  /** True while the store has not taken all it is to get. */
  get isBehind(): boolean {
    return !this.outbox.isSent();
  }

  /** Entries that are not in the store yet. */
  get pending(): number {
    return this.outbox.pending;
  }

  /** Sends what waits at once, for a second also while the machine is busy: somebody wants to know an id. */
  hurry(): void {
    this.hurryUntil = Date.now() + HURRY_MS;
    this.pause.abort();
  }

  /** Writes everything that is recorded meanwhile at once. */
  together(record: () => void): void {
    this.gathered = [];
    record();
    const entries = this.gathered;
    this.gathered = undefined;
    if (entries.length > 0) this.add(...entries);
  }

  /** Ends every run that is still open, and takes nothing more: whoever recorded them cannot go on. Does not wait. */
  seal(status: RunStatus): void {
    if (this.isSealed || this.ended) return;
    const endTime = Date.now();
    this.gathered = undefined;
    for (const run of this.open) this.add({ op: "end", run, status, endTime });
    this.isSealed = true;
  }

  /** The id the store gave a run, once it has; none where it lost the run again, or the run was deleted. */
  idOf(run: TrackedRun): string | undefined {
    if (this.gone) return undefined;
    return this.outbox.idOf(run.key);
  }

  /** The id of an experiment runs were started in, once the store has answered. */
  experimentIdOf(name: string): string | null {
    return this.outbox.experimentIdOf(name) ?? null;
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
      this.outbox.close({ discard: true });
      throw error;
    }
  }

  /**
   * Waits until everything is in the store, at most so long, and for a store that is failing at most `failingMs`. With `failFast` the
   * store's first failure is thrown.
   */
  async flush({ deadlineMs, failingMs = deadlineMs, failFast = false }: Patience & { failFast?: boolean }): Promise<Backlog | undefined> {
    if (failFast) this.lastError = this.refusal = undefined;
    this.quiet = failFast;
    this.hurryUntil = Date.now() + deadlineMs;
    this.pause.abort();
    await this.waitUntilSent({ deadlineMs, failingMs }, () => {
      if (failFast && this.lastError) throw this.lastError;
    });
    this.quiet = false;
    await this.confirm();
    const problem = this.refusal ?? this.unwritten.first ?? this.gone;
    if (failFast && problem) throw problem;
    return this.outbox.backlog(this.losses);
  }

  /** Flushes and ends. What could not be sent stays in the journal and is returned. */
  async close(patience: Patience): Promise<Backlog | undefined> {
    if (this.ended) return undefined;
    await this.flush(patience);
    await this.end();
    if (this.gone) this.outbox.sendAgain();
    const backlog = this.outbox.backlog(this.losses);
    this.outbox.close();
    return backlog;
  }

  private get losses(): Losses {
    return { lost: this.unwritten.count, loss: this.unwritten.first, gone: this.gone };
  }

  private async waitUntilSent({ deadlineMs, failingMs }: Required<Patience>, look: () => void): Promise<void> {
    let end = Date.now() + deadlineMs;
    while (!this.outbox.isSent() && Date.now() < end) {
      this.wake();
      await Promise.race([this.working, sleep(GATHER_MS)]);
      look();
      if (this.isFailing && !(await this.confirm())) return; // it does not come back while somebody waits
      if (this.isFailing) end = Math.min(end, Date.now() + failingMs);
    }
  }

  /** Whether what was sent is still where the store put it. */
  private async confirm(): Promise<boolean> {
    this.gone = await this.store.confirm().then(
      () => undefined,
      (error: unknown) => toLlmopsError(error),
    );
    return !this.gone;
  }

  private add(...entries: Entry[]): void {
    if (this.isSealed) return;
    if (this.gathered) return void this.gathered.push(...entries);
    this.orLose(() => this.outbox.own.append(...entries));
    this.wake();
  }

  /** A journal that cannot be written is reported, not thrown: what is recorded is not worth failing the work for. */
  private orLose<T>(write: () => T): T | undefined {
    try {
      const written = write();
      this.unwritten.noteWritten();
      return written;
    } catch (error) {
      const problem = toLlmopsError(error);
      if (this.unwritten.add(problem)) this.onProblem(problem);
      return undefined;
    }
  }

  private wake(): void {
    this.working ??= this.work().finally(() => (this.working = undefined));
  }

  private async end(): Promise<void> {
    this.ended = true;
    this.stop.abort();
    this.pause.abort();
    // who ends has waited long enough: a server that is away would be asked again for minutes
    this.store.abandon();
    await this.working;
    await this.outbox.own.synced().catch((error: unknown) => this.onProblem(toLlmopsError(error)));
  }

  /** Sends until nothing is left; pauses, longer each time, while the store cannot take it. */
  private async work(): Promise<void> {
    let pauseMs = 0;
    while (!this.outbox.isSent() && !this.stop.signal.aborted) {
      this.pause = new AbortController();
      await sleep(pauseMs || (this.mayTakeItsTime() ? BUSY_GATHER_MS : GATHER_MS), undefined, { signal: this.pause.signal }).catch(
        () => undefined,
      );
      try {
        await this.outbox.own.synced();
        for (const sender of this.outbox.senders) if (!this.stop.signal.aborted) await this.sendAll(sender);
        pauseMs = 0;
        this.lastError = undefined;
      } catch (error) {
        this.lastError = toLlmopsError(error);
        if (pauseMs === 0 && !this.quiet) this.onProblem(this.lastError);
        pauseMs = Math.min(LONGEST_PAUSE_MS, pauseMs === 0 ? FIRST_PAUSE_MS : pauseMs * 2);
      }
    }
  }

  private mayTakeItsTime(): boolean {
    return this.isBusy() && Date.now() > this.hurryUntil && !this.stop.signal.aborted;
  }

  private async rest(workedMs: number): Promise<void> {
    if (!this.mayTakeItsTime()) return;
    this.pause = new AbortController();
    await sleep(Math.min(LONGEST_REST_MS, workedMs * REST), undefined, { signal: this.pause.signal }).catch(() => undefined);
  }

  private async sendAll(sender: Sender): Promise<void> {
    const before = sender.rejected;
    await sender.send((workedMs) => this.rest(workedMs));
    const refused = sender.rejected - before;
    if (refused === 0) return;
    const isOwn = this.outbox.isOwn(sender);
    if (isOwn) this.refusal = sender.refusal;
    if (this.quiet && isOwn) return; // thrown instead
    const why = sender.refusal?.message.replace(/\.$/, "") ?? "";
    const message = `The MLflow store refused ${counted(refused, "entry", "entries")} of what was recorded (${why}).`;
    const hint = `What it refused is kept, with the reasons, in ${sender.rejectedPath}.`;
    this.onProblem(new LlmopsError("STORE_CONFLICT", message, { hint }));
  }
}
