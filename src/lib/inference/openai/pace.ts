import { setTimeout as sleep } from "node:timers/promises";
import type { LlmopsError } from "../../base/errors/llmops-error.js";

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;

/** A request's place among those of an endpoint; it is given up by exactly one of these. */
export interface Turn {
  /** It was answered: more may be asked at a time. */
  answered: () => void;
  /** It was refused for the rate: fewer are asked at a time, none before the pause is over. */
  refused: (retryAfterSeconds: number | undefined) => void;
  /** It ended otherwise, which says nothing of the rate. */
  left: () => void;
}

/** What the limits of an endpoint's rate did to the requests of this process. */
export interface PaceReport {
  /** Requests refused for the rate; each was asked again. */
  refused: number;
  /** Fewest requests at a time. */
  lowest: number | null;
  /** Time in which nothing was asked. */
  pausedMs: number;
}

/** Counts from when it began, for one who asks. */
export interface PaceWatch {
  readonly report: PaceReport;
  /** Counts nothing more. */
  close: () => void;
}

interface Watcher {
  counts: PaceReport;
  onLimited: ((limit: number) => void) | undefined;
}

interface Waiting {
  begin: (turn: Turn) => void;
}

/**
 * How many requests an endpoint gets at a time, for all who ask it: no limit of its own until the endpoint refuses one for its rate;
 * then half of those under way, and one more for every round of answers (additive increase, multiplicative decrease, as TCP does).
 * After a pause one request goes first, the others follow when it was not refused.
 */
export class Pace {
  private limit = Infinity;
  private active = 0;
  private pausedUntil = 0;
  private timer: NodeJS.Timeout | undefined;
  private isTrying = false;
  /** The turn that goes first after a pause is under way. */
  private isTried = false;
  private cutAt = 0;
  private refusalsInRow = 0;
  private stuckSince: number | undefined;
  private readonly waiting: Waiting[] = [];
  private readonly watchers = new Set<Watcher>();

  /** How long nothing was answered because of the rate, in milliseconds, counted from the first refusal; with the pause that is on. */
  get stuckMs(): number {
    return this.stuckSince === undefined ? 0 : Math.max(performance.now(), this.pausedUntil) - this.stuckSince;
  }

  /** Counts refusals from now on; `onLimited` hears of the first, with how many are asked at a time then. */
  watch(onLimited?: (limit: number) => void): PaceWatch {
    const watcher: Watcher = { counts: { refused: 0, lowest: null, pausedMs: 0 }, onLimited };
    this.watchers.add(watcher);
    const reportOf = () => this.reportOf(watcher);
    return {
      get report() {
        return reportOf();
      },
      close: () => void this.watchers.delete(watcher),
    };
  }

  /** Waits for a turn; `isAgain` for a request that was refused before and goes first. Throws the signal's reason when it aborts. */
  async enter(signal: AbortSignal, isAgain = false): Promise<Turn> {
    signal.throwIfAborted();
    if (this.mayBegin(performance.now()) && (isAgain || this.waiting.length === 0)) return this.begin();
    return new Promise((resolve, reject) => {
      const stop = () => {
        this.waiting.splice(this.waiting.indexOf(waiting), 1);
        reject(signal.reason as Error);
      };
      const waiting = {
        begin: (turn: Turn) => {
          signal.removeEventListener("abort", stop);
          resolve(turn);
        },
      };
      signal.addEventListener("abort", stop, { once: true });
      if (isAgain) this.waiting.unshift(waiting);
      else this.waiting.push(waiting);
      this.wake();
    });
  }

  /** Notes a refusal of a request that had no turn. */
  refuse(retryAfterSeconds: number | undefined): void {
    this.begin().refused(retryAfterSeconds);
  }

  private mayBegin(now: number): boolean {
    if (now < this.pausedUntil) return false;
    return this.isTrying ? !this.isTried : this.active < Math.max(1, Math.floor(this.limit));
  }

  private begin(): Turn {
    const startedAt = performance.now();
    const isFirst = this.isTrying;
    if (isFirst) this.isTried = true;
    this.active++;
    let isOver = false;
    const end = (then: () => void) => {
      if (isOver) return;
      isOver = true;
      this.active--;
      if (isFirst) this.isTried = false;
      then();
      this.wake();
    };
    return {
      answered: () => end(() => this.noteAnswer(isFirst)),
      refused: (seconds) => end(() => this.noteRefusal(seconds, startedAt, isFirst)),
      left: () => end(() => (this.isTrying &&= !isFirst)),
    };
  }

  private noteAnswer(isFirst: boolean): void {
    if (isFirst) this.isTrying = false;
    this.refusalsInRow = 0;
    this.stuckSince = undefined;
    if (this.limit !== Infinity) this.limit += 1 / this.limit;
  }

  /** Refusals of requests that were under way at the last cut belong to it; one that went first found the limit still used up. */
  private noteRefusal(seconds: number | undefined, startedAt: number, isFirst: boolean): void {
    const now = performance.now();
    this.stuckSince ??= now;
    const isNews = startedAt >= this.cutAt;
    if (isNews) {
      this.refusalsInRow++;
      this.cutAt = now;
    }
    if (isNews && !isFirst) {
      this.limit = Math.max(1, Math.floor(Math.min(this.limit, this.active + 1) / 2));
    }
    const pauseMs = seconds !== undefined && seconds > 0 ? seconds * 1000 : isNews ? this.backoffMs() : 0;
    const before = Math.max(now, this.pausedUntil);
    this.pausedUntil = Math.max(this.pausedUntil, now + pauseMs);
    this.isTrying = true;
    for (const watcher of this.watchers) this.note(watcher, this.pausedUntil - before);
  }

  private note({ counts, onLimited }: Watcher, pausedMs: number): void {
    counts.refused++;
    counts.pausedMs += pausedMs;
    if (this.limit !== Infinity) counts.lowest = Math.min(counts.lowest ?? Infinity, Math.floor(this.limit));
    if (counts.refused === 1) onLimited?.(Math.max(1, Math.floor(this.limit)));
  }

  /** Of a pause that is on, what has passed. */
  private reportOf({ counts }: Watcher): PaceReport {
    const ahead = Math.max(0, this.pausedUntil - performance.now());
    return { ...counts, pausedMs: Math.max(0, counts.pausedMs - ahead) };
  }

  /** Longer each time, with jitter. */
  private backoffMs(): number {
    return Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (this.refusalsInRow - 1)) * (0.5 + Math.random() / 2);
  }

  private wake(): void {
    // one look at the clock says both that it is too early and how long that lasts
    let now = performance.now();
    for (; this.waiting.length > 0 && this.mayBegin(now); now = performance.now()) this.waiting.shift()?.begin(this.begin());
    const leftMs = this.pausedUntil - now;
    if (this.waiting.length === 0 || this.timer || leftMs <= 0) return;
    // timers may be a little early, and none may be longer than 24 days
    this.timer = setTimeout(
      () => {
        this.timer = undefined;
        this.wake();
      },
      Math.min(leftMs + 1, 2 ** 31 - 1),
    );
  }
}

/** True where an endpoint only wants to be asked later. */
export function isForRate(error: LlmopsError | undefined): boolean {
  return error?.code === "RATE_LIMITED" || (error?.code === "ENDPOINT_ERROR" && error.retryAfterSeconds !== undefined);
}

/** Waits before another attempt at what failed otherwise: as long as the server asks, or longer each time, with full jitter. */
export async function pauseBefore(attempt: number, retryAfterSeconds: number | undefined, signal: AbortSignal): Promise<void> {
  const longest = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** attempt);
  const pauseMs = retryAfterSeconds === undefined ? Math.random() * longest : Math.min(LONGEST_PAUSE_MS, retryAfterSeconds * 1000);
  await sleep(pauseMs, undefined, { signal }).catch(() => signal.throwIfAborted());
}
