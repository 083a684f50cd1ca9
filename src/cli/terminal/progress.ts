import { startLiveLine } from "./live-output.js";
import { isTerminal, printNote } from "./terminal-output.js";

const BAR_WIDTH = 24;

/**
 * Does work that calls `tick` once per finished unit, with a progress bar on standard error: on a
 * terminal only; it shows the count and the time left. Without a total it only counts. `say` writes a line above the bar.
 */
export async function withProgress<T>(
  total: number | undefined,
  unit: string,
  work: (tick: () => void, say: (text: string) => void) => Promise<T>,
): Promise<T> {
  if (!isTerminal("stderr")) return work(() => undefined, printNote);
  const startMs = performance.now();
  let done = 0;
  const line = startLiveLine(describe(0, total, unit, 0));
  try {
    return await work(() => {
      done++;
      line.show(describe(done, total, unit, performance.now() - startMs));
    }, line.say);
  } finally {
    line.stop();
  }
}

function describe(done: number, total: number | undefined, unit: string, elapsedMs: number): string {
  if (total === undefined) return `${done} ${unit}`;
  const filled = Math.round((BAR_WIDTH * done) / Math.max(1, total));
  const bar = "█".repeat(filled) + "░".repeat(BAR_WIDTH - filled);
  const left = done === 0 ? "" : `, ${Math.ceil((elapsedMs * (total - done)) / done / 1000)} s left`;
  return `${bar} ${done}/${total} ${unit}${left}`;
}
