import type { WithProgress } from "../../app/host/host.js";
import { startLiveLine } from "./live-output.js";
import { progressText } from "./progress-text.js";
import { isTerminal, printNote } from "./terminal-output.js";
import { roomOnErrors } from "./terminal-screen.js";

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
  const lower = new LinesBelow();
  const text = () => progressText({ done, total, unit, elapsedMs: performance.now() - startMs }, lower.lines(), roomOnErrors());
  const line = startLiveLine(text());
  try {
    const tick = () => {
      done++;
      line.show(text());
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
    this.dueMs = 0;
  }

  lines(): readonly string[] {
    const now = performance.now();
    if (now < this.dueMs) return this.made;
    this.made = this.make();
    this.dueMs = now + Math.max(BELOW_MS, REST * (performance.now() - now));
    return this.made;
  }
}
