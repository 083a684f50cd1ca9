import type { ChalkInstance } from "chalk";
import type { SweepResult } from "../experiments/study/sweep-result.js";
import type { CanaryComparison, CanaryMetric, CanaryState } from "../operations/canary/compare-canary.js";
import { formatDifference, formatFurther, formatP } from "./format-score.js";
import { wrapProse } from "./display-width.js";
import { describeRateLimits } from "./rate-limit-lines.js";
import { broken, cut, whole } from "./fit-columns.js";
import { plainTable } from "./plain-table.js";
import type { Screen } from "./screen.js";

/** What is shown of a round: where it was kept, or how it compares; and what limits of the rate did. */
export interface CanaryRound {
  model: string;
  path: string;
  blessed: boolean;
  comparison: CanaryComparison | null;
  rate_limits?: NonNullable<SweepResult["study"]["rate_limits"]>;
}

/** What a round of a canary found, in texts to print one after the other. */
export function describeCanary({ model, path, blessed, comparison, rate_limits }: CanaryRound, screen: Screen): string[] {
  return [
    ...(blessed ? [`Saved the answers of ${model} as ${path}. Compare with them: llmops monitor canary`] : []),
    ...describeRateLimits(rate_limits ? { rate_limits } : {}),
    ...(comparison ? [renderCanary(comparison, screen)] : []),
  ];
}

/** A canary beside the one that was kept, and what that means. */
function renderCanary(comparison: CanaryComparison, screen: Screen): string {
  const { chalk, width } = screen;
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
  const head = [
    ...[cut("metric"), whole("before", 3), whole("now", 2), broken("difference (95 %)", 0)],
    ...[whole("tolerated", 4), whole("p: mean, shape", 5), whole("", 0)],
  ];
  const verdict = markState(state, chalk, canaryVerdict(comparison));
  const text = `${plainTable(head, rows, screen)}\n${identical} of ${samples} samples have identical answers.\n${verdict}`;
  return wrapProse(text, width);
}

/** What a round found, in a sentence. */
export function canaryVerdict({ state, metrics }: CanaryComparison): string {
  if (state === "drift") return `Drift: ${listed(metrics, "drift")}.`;
  if (state === "fine") return "Passed: any drift is smaller than the tolerance.";
  const further = Math.max(0, ...metrics.map(({ further_samples: more }) => more ?? 0));
  return `Cannot tell: ${listed(metrics, "cannot tell")}${further > 0 ? `; ${formatFurther(further)} more samples would probably tell` : ""}.`;
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
