import type { ChalkInstance } from "chalk";
import type { CanaryComparison, CanaryMetric, CanaryState } from "../canary/compare-canary.js";
import { formatDifference, formatFurther, formatP } from "./format-score.js";
import { plainTable } from "./plain-table.js";

/** A canary beside the one that was kept, and what that means. */
export function renderCanary(comparison: CanaryComparison, chalk: ChalkInstance): string {
  const { metrics, identical, samples, state } = comparison;
  const rows = metrics.map((metric) => [
    metric.metric,
    format(metric.before),
    format(metric.now),
    describeDifference(metric),
    `±${format(metric.tolerance)}`,
    `${formatP(metric.p_mean)}, ${formatP(metric.p_shape)}`.replaceAll("p = ", ""),
    markState(metric.state, chalk),
  ]);
  const head = ["metric", "before", "now", "difference (95 %)", "tolerated", "p: mean, shape", ""];
  const further = Math.max(0, ...metrics.map(({ further_samples: more }) => more ?? 0));
  const verdict =
    state === "drift"
      ? `Drift: ${listed(metrics, "drift")}.`
      : state === "fine"
        ? "Fine: no drift as large as what is tolerated."
        : `Cannot tell: ${listed(metrics, "cannot tell")}${further > 0 ? `; ${formatFurther(further)} more samples would probably tell` : ""}.`;
  return `${plainTable(head, rows, chalk)}\n${identical} of ${samples} samples were answered with the same words.\n${markState(state, chalk, verdict)}`;
}

function listed(metrics: readonly CanaryMetric[], state: CanaryState): string {
  return metrics
    .filter((metric) => metric.state === state)
    .map(({ metric, difference }) => `${metric} ${difference === 0 ? "in its distribution" : formatDifference(difference, "mean")}`)
    .join(", ");
}

function describeDifference({ difference, low, high }: CanaryMetric): string {
  const range = low === null || high === null ? "" : ` (${formatDifference(low, "mean")} to ${formatDifference(high, "mean")})`;
  return `${formatDifference(difference, "mean")}${range}`;
}

function markState(state: CanaryState, chalk: ChalkInstance, text: string = state): string {
  return state === "fine" ? chalk.green(text) : state === "drift" ? chalk.red(text) : chalk.yellow(text);
}

function format(value: number): string {
  return String(Number(value.toPrecision(3)));
}
