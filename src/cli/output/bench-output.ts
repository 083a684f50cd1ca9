import { EXIT } from "../../lib/base/errors/exit-codes.js";
import { benchReport, type BenchResult } from "../../lib/report/bench-table.js";
import { benchPage } from "../../lib/report/page/study-pages.js";
import { publishReport, type OutputFlags } from "../flags/output-flags.js";
import { terminalScreen } from "../terminal/terminal-screen.js";

/** Where a load test is shown, and what it is written to. */
export interface BenchPublication {
  flags: OutputFlags;
  /** Whether the highest rate was searched, and whether the user ended it. */
  seen: { found: boolean; interrupted: boolean };
  log: (text: string) => void;
}

/** Shows a load test, writes its files and sets the exit code. */
export async function publishBench(result: BenchResult, { flags, seen, log }: BenchPublication): Promise<BenchResult> {
  const page = () => benchPage(result, seen.found);
  await publishReport(benchReport(result, seen.found, terminalScreen().chalk), { page, flags, log });
  process.exitCode = seen.interrupted ? EXIT.interrupted : exitOf(result, seen.found);
  return result;
}

function exitOf({ levels, highest_rate: rate, errors }: BenchResult, found: boolean): number {
  if (errors.length > 0) return EXIT.broken;
  const isMissed = found ? rate === null : levels.some(({ slos }) => slos.some(({ met }) => !met));
  return isMissed ? EXIT.failed : EXIT.done;
}
