import type { CheckResult, CheckState } from "../../lib/experiments/gates/checks.js";
import { chalk } from "../terminal/terminal-screen.js";

const COLORS: Record<CheckState, (text: string) => string> = {
  met: chalk.green,
  "not met": chalk.red,
  "cannot tell": chalk.yellow,
  "too much failed": chalk.red,
};

/** A gate for a terminal: what must hold, whether it does, and what was seen. */
export function describeCheck({ name, state, evidence }: CheckResult): string {
  return `gate ${name}: ${COLORS[state](state)}: ${evidence}`;
}
