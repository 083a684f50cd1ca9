import type { ChalkInstance } from "chalk";
import { counted } from "../../lib/base/errors/counted.js";
import { EXIT } from "../../lib/base/errors/exit-codes.js";
import type { CheckedFinding, FindingState } from "../../lib/operations/doctor/finding.js";

const MARKS: Record<FindingState, string> = { ok: "✓", warning: "!", failed: "✗", skipped: "-" };

/** A finding of the doctor: what it is, and what to do. */
export function renderFinding({ name, state, text, hint }: CheckedFinding, chalk: ChalkInstance): string {
  const color = { ok: chalk.green, warning: chalk.yellow, failed: chalk.red, skipped: chalk.dim }[state];
  const line = `${color(MARKS[state])} ${chalk.bold(name)}: ${text}`;
  return hint === undefined ? line : `${line}\n  ${chalk.cyan("→")} ${hint}`;
}

/** All findings in one line, with the exit code they mean. */
export function summarizeFindings(findings: readonly CheckedFinding[], chalk: ChalkInstance): { text: string; exitCode: number } {
  const count = (state: FindingState) => findings.filter((finding) => finding.state === state).length;
  const [failed, warnings] = [count("failed"), count("warning")];
  const text = failed + warnings === 0 ? chalk.green("All is well.") : `${failed} failed, ${counted(warnings, "warning")}.`;
  return { text, exitCode: failed > 0 ? EXIT.broken : EXIT.done };
}
