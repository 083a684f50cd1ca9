import { PassThrough, type Readable } from "node:stream";
import { MlflowError } from "../mlflow-error.js";
import type { TrackingBackend } from "../tracking-backend.js";

/** What was changed: ids and names, as far as they are known. */
export interface Change {
  runs?: readonly string[];
  experiments?: readonly string[];
  models?: readonly string[];
  traces?: boolean;
  /** Anything may have changed. */
  all?: boolean;
}

/** What listeners are told. */
export interface ChangeEvent {
  runs: { run_id: string; experiment_id: string }[];
  experiments: string[];
  models: string[];
  traces: boolean;
  more?: true;
  all?: true;
}

/** What of a change a listener hears of: nothing where it is undefined. It throws where the listener is to hear no more. */
export type Hearing = (event: ChangeEvent) => ChangeEvent | undefined;

const MOST_LISTENERS = 200;
const MOST_RUNS = 200;
/** What a listener may leave unread before its stream is ended; it comes back by itself. */
const MOST_UNREAD_BYTES = 256 * 1024;
/** At most four events a second. */
const PAUSE_MS = 250;
const POLL_MS = 500;
const PING_MS = 15_000;
const RETRY_MS = 2000;

/**
 * Tells listeners what changes in a store, as server-sent events: what this server's clients write by name, what other processes write as
 * a change of anything. Without a listener nothing is watched.
 */
export class ChangeFeed {
  private readonly backend: TrackingBackend;
  private readonly listeners = new Map<PassThrough, Hearing>();
  private pending = new PendingChanges();
  private timers: NodeJS.Timeout[] = [];
  private flushTimer: NodeJS.Timeout | undefined;
  private lastFlush = -Infinity;
  private seen: string | undefined;
  private isPolling = false;
  private isClosed = false;

  constructor(backend: TrackingBackend) {
    this.backend = backend;
  }

  /** A stream of events until it is destroyed or the feed is closed. Throws RESOURCE_EXHAUSTED where too many listen. */
  listen(hearing: Hearing = (event) => event): Readable {
    if (this.isClosed || this.listeners.size >= MOST_LISTENERS) {
      const message = `${this.listeners.size} pages already listen for changes; at most ${MOST_LISTENERS} can.`;
      throw new MlflowError("RESOURCE_EXHAUSTED", message, { hint: "Close pages that are not in use." });
    }
    const stream = new PassThrough();
    if (this.listeners.size === 0) this.start();
    this.listeners.set(stream, hearing);
    stream.on("close", () => this.drop(stream));
    stream.write(`retry: ${RETRY_MS}\n\n`);
    return stream;
  }

  /** Notes a change; listeners hear of it soon, together with others. */
  note(change: Change): void {
    if (this.listeners.size === 0) return;
    this.pending.add(change);
    const wait = Math.max(0, this.lastFlush + PAUSE_MS - performance.now());
    this.flushTimer ??= setTimeout(() => void this.flush(), wait).unref();
  }

  /** Ends all streams. */
  close(): void {
    this.isClosed = true;
    for (const stream of this.listeners.keys()) stream.end();
    this.listeners.clear();
    this.stop();
  }

  private start(): void {
    this.seen = undefined;
    void this.poll();
    this.timers = [setInterval(() => void this.poll(), POLL_MS).unref(), setInterval(() => this.ping(), PING_MS).unref()];
  }

  private stop(): void {
    for (const timer of this.timers) clearInterval(timer);
    clearTimeout(this.flushTimer);
    this.flushTimer = undefined;
    this.timers = [];
    this.pending = new PendingChanges();
  }

  private drop(stream: PassThrough): void {
    if (this.listeners.delete(stream) && this.listeners.size === 0) this.stop();
  }

  private async poll(): Promise<void> {
    if (this.isPolling) return;
    this.isPolling = true;
    try {
      const now = await this.backend.writesOfOthers();
      if (this.seen !== undefined && now !== this.seen) this.note({ all: true });
      this.seen = now;
    } catch {
      // the database is away: what was written meanwhile is seen once it is back
    } finally {
      this.isPolling = false;
    }
  }

  private async flush(): Promise<void> {
    const pending = this.pending;
    this.pending = new PendingChanges();
    this.flushTimer = undefined;
    this.lastFlush = performance.now();
    const event = await pending.toEvent(this.backend);
    for (const [stream, hearing] of this.listeners) tell(stream, hearing, event);
  }

  private ping(): void {
    for (const stream of this.listeners.keys()) write(stream, ": ping\n\n");
  }
}

function tell(stream: PassThrough, hearing: Hearing, event: ChangeEvent): void {
  try {
    const heard = hearing(event);
    if (heard) write(stream, `event: change\ndata: ${JSON.stringify(heard)}\n\n`);
  } catch {
    stream.end();
  }
}

function write(stream: PassThrough, text: string): void {
  if (stream.readableLength + stream.writableLength > MOST_UNREAD_BYTES) stream.destroy();
  else stream.write(text);
}

/** Changes that wait to be told: of runs, no more than are told. */
class PendingChanges {
  private readonly runs = new Set<string>();
  private readonly experiments = new Set<string>();
  private readonly models = new Set<string>();
  private more = false;
  private traces = false;
  private all = false;

  add({ runs = [], experiments = [], models = [], traces, all }: Change): void {
    for (const id of runs) this.addRun(id);
    for (const id of experiments) this.experiments.add(id);
    for (const name of models) this.models.add(name);
    this.traces ||= traces === true;
    this.all ||= all === true;
  }

  private addRun(id: string): void {
    if (this.runs.size < MOST_RUNS) this.runs.add(id);
    else if (!this.runs.has(id)) this.more = true;
  }

  async toEvent(backend: TrackingBackend): Promise<ChangeEvent> {
    const found = await Promise.all([...this.runs].map((id) => backend.getRunInfo(id).catch(() => undefined)));
    const runs = found.flatMap((run) => (run ? [{ run_id: run.runId, experiment_id: run.experimentId }] : []));
    const { experiments, models, traces } = this;
    return {
      ...{ runs, experiments: [...experiments], models: [...models], traces },
      ...(this.more && { more: true }),
      ...(this.all && { all: true }),
    };
  }
}
