import { formatDuration } from "../../lib/base/config/duration.js";
import type { WithProgress } from "../../app/host/host.js";
import { startLiveLine } from "./live-output.js";
import { isTerminal, printNote } from "./terminal-output.js";

const BAR_WIDTH = 24;
/** What stands below the bar is made again after this, */
const BELOW_MS = 1000;
/** and after so many times what it took. */
const REST = 99;

/**
 * Does work that calls `tick` once per finished unit, with a progress bar on standard error: on a
 * terminal only; it shows the count and the time left. Without a total it only counts. `say` writes a line above the bar, and what
 * `below` is given makes the lines below it.
 */
export const withProgress: WithProgress = async (total, unit, work) => {
  if (!isTerminal("stderr"))
    return work(
      () => undefined,
      printNote,
      () => undefined,
    );
  const startMs = performance.now();
  let done = 0;
  const line = startLiveLine(describe(0, total, unit, 0));
  const lower = new LinesBelow();
  try {
    const tick = () => {
      done++;
      const bar = describe(done, total, unit, performance.now() - startMs);
      line.show([bar, ...lower.lines()].join("\n"));
    };
    return await work(tick, line.say, (make) => lower.use(make));
  } finally {
    line.stop();
  }
};

/** Lines that are made seldom enough to cost nothing. */
class LinesBelow {
  private make: () => readonly string[] = () => [];
  private made: readonly string[] = [];
  private dueMs = 0;

  use(make: () => readonly string[]): void {
    this.make = make;
  }

  lines(): readonly string[] {
    const now = performance.now();
    if (now < this.dueMs) return this.made;
    this.made = this.make();
    this.dueMs = now + Math.max(BELOW_MS, REST * (performance.now() - now));
    return this.made;
  }
}

function describe(done: number, total: number | undefined, unit: string, elapsedMs: number): string {
  if (total === undefined) return `${done} ${unit}`;
  const filled = Math.round((BAR_WIDTH * done) / Math.max(1, total));
  const bar = "█".repeat(filled) + "░".repeat(BAR_WIDTH - filled);
  const left = done === 0 ? "" : `, ${formatDuration(Math.ceil((elapsedMs * (total - done)) / done / 1000) * 1000)} left`;
  return `${bar} ${done}/${total} ${unit}${left}`;
}
