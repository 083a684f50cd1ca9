import type { ChalkInstance } from "chalk";
import { metricDifference, type PairedComparison, type RunComparison } from "../runs/compare-runs.js";
import type { Run } from "../tracking/records.js";
import { plainTable } from "./plain-table.js";
import { formatValue } from "./runs-table.js";

/** Runs beside each other for a terminal: what differs, what they reached, and whether that is a real difference. */
export function renderComparison({ runs, params, metrics, paired }: RunComparison, chalk: ChalkInstance): string {
  const head = ["", ...runs.map(({ runName, runId }) => `${runName} ${chalk.dim(runId.slice(0, 8))}`)];
  const paramRows = params.map((key) => [key, ...runs.map((run) => formatValue(run.params[key]))]);
  const metricRows = metrics.map((key) => [key, ...runs.map((run, index) => metricCell(run, runs, key, index))]);
  const parts = [params.length === 0 ? "The runs have the same params." : plainTable(["param", ...head.slice(1)], paramRows, chalk)];
  if (metricRows.length > 0) parts.push(plainTable(["metric", ...head.slice(1)], metricRows, chalk));
  parts.push(renderPairs(runs, paired, chalk));
  return parts.join("\n");
}

function metricCell(run: Run, runs: readonly Run[], key: string, index: number): string {
  const first = runs[0];
  const { value, difference } = first ? metricDifference(run, first, key) : { value: undefined, difference: undefined };
  if (value === undefined || difference === undefined || index === 0) return formatValue(value);
  return `${formatValue(value)} (${difference > 0 ? "+" : ""}${formatValue(difference)})`;
}

function renderPairs(runs: readonly Run[], paired: readonly PairedComparison[], chalk: ChalkInstance): string {
  const first = runs[0]?.runName ?? "";
  if (paired.length === 0) return "No scores of single samples in common: whether the differences are real cannot be said.";
  const rows = paired.map(({ runId, score, samples, difference, low, high, pValue, verdict }) => [
    runs.find((run) => run.runId === runId)?.runName ?? runId,
    score,
    `${difference > 0 ? "+" : ""}${formatValue(difference)}`,
    low === null || high === null ? "" : `${formatValue(low)} to ${formatValue(high)}`,
    String(samples),
    formatValue(pValue),
    verdict,
  ]);
  const title = `Against ${first}, sample by sample:`;
  return `${title}\n${plainTable(["run", "score", "difference", "95 % interval", "samples", "p", "verdict"], rows, chalk)}`;
}
