import type { CanaryDocument } from "../../app/monitoring/canary.js";
import { EXIT } from "../../lib/base/errors/exit-codes.js";
import { canaryReport } from "../../lib/report/canary-table.js";
import { canaryPage } from "../../lib/report/page/canary-page.js";
import { outputsOf, writeOutputs, type OutputFlags } from "../flags/output-flags.js";
import { terminalScreen } from "../terminal/terminal-screen.js";

/** A page has so many of the last rounds. */
const MOST_ROUNDS = 200;
const EXIT_OF = { fine: EXIT.done, drift: EXIT.failed, "cannot tell": EXIT.cannotTell } as const;

/** Writes the files of a canary, of its last round but for the page, which has all, and sets the exit code by the last round. */
export async function publishCanary(rounds: readonly CanaryDocument[], flags: OutputFlags, command: string): Promise<void> {
  const last = rounds.at(-1);
  if (!last) return;
  const page = () => canaryPage(rounds.slice(-MOST_ROUNDS), command);
  await writeOutputs(outputsOf(canaryReport(last, terminalScreen().chalk), page), flags);
  process.exitCode = last.comparison ? EXIT_OF[last.comparison.state] : EXIT.done;
}
