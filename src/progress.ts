import ora from "ora";
import { chalk, printedOnErrors } from "./terminal-screen.js";

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
  const write = (text: string) => process.stderr.write(`${printedOnErrors(text)}\n`);
  if (!process.stderr.isTTY) return work(() => undefined, write);
  const startMs = performance.now();
  let done = 0;
  const spinner = ora({
    stream: process.stderr,
    discardStdin: false,
    color: chalk.level === 0 ? false : "cyan",
    text: describe(0, total, unit, 0),
  }).start();
  try {
    return await work(
      () => {
        done++;
        spinner.text = describe(done, total, unit, performance.now() - startMs);
      },
      (text) => {
        spinner.clear();
        write(text);
        spinner.render();
      },
    );
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
