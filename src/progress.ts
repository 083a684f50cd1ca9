import ora from "ora";

const BAR_WIDTH = 24;

/**
 * Does work that calls `tick` once per finished unit, with a progress bar on standard error: on a
 * terminal only; it shows the count and the time left. Without a total it only counts.
 */
export async function withProgress<T>(total: number | undefined, unit: string, work: (tick: () => void) => Promise<T>): Promise<T> {
  if (!process.stderr.isTTY) return work(() => undefined);
  const startMs = performance.now();
  let done = 0;
  const spinner = ora({ stream: process.stderr, discardStdin: false, text: describe(0, total, unit, 0) }).start();
  try {
    return await work(() => {
      done++;
      spinner.text = describe(done, total, unit, performance.now() - startMs);
    });
  } finally {
    spinner.stop();
  }
}

function describe(done: number, total: number | undefined, unit: string, elapsedMs: number): string {
  if (total === undefined) return `${done} ${unit}`;
  const filled = Math.round((BAR_WIDTH * done) / Math.max(1, total));
  const bar = "█".repeat(filled) + "░".repeat(BAR_WIDTH - filled);
  const left = done === 0 ? "" : `, ${Math.ceil((elapsedMs * (total - done)) / done / 1000)} s left`;
  return `${bar} ${done}/${total} ${unit}${left}`;
}
