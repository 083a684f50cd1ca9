import type { ChalkInstance } from "chalk";
import { metricDifference, type RunComparison } from "../runs/compare-runs.js";
import type { ScoreComparison } from "../runs/compare-scores.js";
import type { Run } from "../tracking/records.js";
import { formatFurther } from "./format-score.js";
import { plainTable } from "./plain-table.js";
import { formatValue } from "./runs-table.js";

/** Runs beside each other for a terminal: what differs, what they reached, and whether that is a real difference. */
export function renderComparison({ runs, params, metrics, paired }: RunComparison, chalk: ChalkInstance): string {
  const head = ["", ...runs.map(({ runName, runId }) => `${runName} ${chalk.dim(runId.slice(0, 8))}`)];
  const paramRows = params.map((key) => [key, ...runs.map((run) => formatValue(run.params[key]))]);
  const metricRows = metrics.map((key) => [key, ...runs.map((run, index) => metricCell(run, runs, key, index))]);
  const parts = [params.length === 0 ? "The runs have the same params." : plainTable(["param", ...head.slice(1)], paramRows, chalk)];
  if (metricRows.length > 0) parts.push(plainTable(["metric", ...head.slice(1)], metricRows, chalk));
  parts.push(
    renderPairs(
      runs.map(({ runName }) => runName),
      paired,
      chalk,
    ),
  );
  return parts.join("\n");
}

function metricCell(run: Run, runs: readonly Run[], key: string, index: number): string {
  const first = runs[0];
  const { value, difference } = first ? metricDifference(run, first, key) : { value: undefined, difference: undefined };
  if (value === undefined || difference === undefined || index === 0) return formatValue(value);
  return `${formatValue(value)} (${difference > 0 ? "+" : ""}${formatValue(difference)})`;
}

/** The scores of sources beside the first one's, with verdicts. */
export function renderPairs(names: readonly string[], paired: readonly ScoreComparison[], chalk: ChalkInstance): string {
  if (paired.length === 0) return "No scores of single samples in common: whether the differences are real cannot be said.";
  const rows = paired.map(({ source, score, n, difference, low, high, pValue, verdict, furtherSamples: further }) => [
    names[source] ?? "",
    score,
    `${difference > 0 ? "+" : ""}${formatValue(difference)}`,
    low === null || high === null ? "" : `${formatValue(low)} to ${formatValue(high)}`,
    String(n),
    formatValue(pValue),
    `${verdict}${further === null ? "" : `, ${formatFurther(further)} more samples would`}`,
  ]);
  const title = `Against ${names[0] ?? ""}, sample by sample:`;
  return `${title}\n${plainTable(["of", "score", "difference", "95 % interval", "samples", "p", "verdict"], rows, chalk)}`;
}
