import type { ChalkInstance } from "chalk";
import type { ScaffoldResult } from "../../app/scaffold/scaffold.js";
import { kindOf, type KindName } from "../../lib/operations/scaffold/template-kinds.js";

const WORDS = { new: "wrote", same: "unchanged", different: "replaced" };

/** What was written, a line each, and what to do next. */
export function describeScaffold({ files }: ScaffoldResult, kinds: readonly KindName[]): string[] {
  return [...files.map(({ path, state }) => `${WORDS[state].padEnd(9)} ${path}`), ...kinds.map((kind) => `${kind}: ${kindOf(kind).next}`)];
}

/** A unified diff in the colors people know. */
export function colorDiff(diff: string, chalk: ChalkInstance): string {
  return diff
    .split("\n")
    .filter((line) => !line.startsWith("===="))
    .map((line) => (line.startsWith("+") ? chalk.green(line) : line.startsWith("-") ? chalk.red(line) : line))
    .join("\n");
}
