import { counted } from "../base/errors/counted.js";
import type { BestRun } from "../experiments/runs/best-run.js";
import { describeParams } from "../experiments/runs/run-columns.js";
import { formatValue } from "./runs-table.js";

/** Other runs in the command that compares them, and how much of an id names a run. */
const [MOST_COMPARED, ID_DIGITS] = [4, 8];

/** The best run for people: what it is, and which it is not told apart from. */
export function describeBestRun(
  { run, value, low, high, considered, tied, overlapping }: BestRun,
  metric: string,
  direction: "max" | "min",
): string {
  const interval = low === null || high === null ? "" : ` (95 % interval ${formatValue(low)} to ${formatValue(high)})`;
  const shared = tied > 1 ? `, which ${tied} runs share` : "";
  const lines = [
    `${run.runName}  ${run.runId}`,
    `${metric} ${formatValue(value)}${interval}, the ${direction === "max" ? "highest" : "lowest"} of ${counted(considered, "run")}${shared}`,
    `params: ${describeParams(run.params)}`,
  ];
  if (overlapping.length > 0) {
    const names = overlapping.slice(0, 5).map((other) => `${other.run.runName} (${formatValue(other.value)})`);
    const more = overlapping.length > 5 ? `, and ${overlapping.length - 5} more` : "";
    const ids = [run, ...overlapping.slice(0, MOST_COMPARED).map((other) => other.run)].map(({ runId }) => runId.slice(0, ID_DIGITS));
    lines.push(`Its interval reaches that of ${names.join("; ")}${more}. Compare them: llmops mlflow compare ${ids.join(" ")}`);
  }
  return lines.join("\n");
}
