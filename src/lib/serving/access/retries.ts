/** More are not kept: what they would have given back stays booked. */
const MOST = 10_000;
const SHORTEST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5000;

interface Waiting {
  attempt: () => Promise<boolean>;
  /** By the clock of this process. */
  until: number;
}

/** Work that is tried until it succeeds, its time is over, or too much of it waits. */
export class Retries {
  private waiting: Waiting[] = [];
  private pauseMs = SHORTEST_PAUSE_MS;
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> = Promise.resolve();

  /** Tries now, and where `attempt` gives false again and again for `ms` more. Returns after the first try. */
  async attempt(attempt: () => Promise<boolean>, ms: number): Promise<void> {
    const until = performance.now() + ms;
    if (await attempt()) return;
    if (this.waiting.length >= MOST) this.waiting.shift();
    this.waiting.push({ attempt, until });
    this.schedule();
  }

  /** Tries what waits once more. */
  async close(): Promise<void> {
    clearTimeout(this.timer);
    await this.running;
    await this.tryAll();
    this.waiting = [];
    clearTimeout(this.timer);
  }

  private schedule(): void {
    this.timer ??= setTimeout(() => {
      this.running = this.tryAll().finally(() => {
        this.timer = undefined;
        if (this.waiting.length > 0) this.schedule();
      });
    }, this.pauseMs).unref();
    this.pauseMs = Math.min(LONGEST_PAUSE_MS, this.pauseMs * 2);
  }

  /** In the order they came; ends with the first that fails, as the others would. */
  private async tryAll(): Promise<void> {
    for (let one = this.waiting[0]; one; one = this.waiting[0]) {
      if (one.until > performance.now() && !(await one.attempt())) return;
      if (this.waiting[0] === one) this.waiting.shift();
      this.pauseMs = SHORTEST_PAUSE_MS;
    }
  }
}
