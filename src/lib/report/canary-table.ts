import type { ChalkInstance } from "chalk";
import type { SweepResult } from "../experiments/study/sweep-result.js";
import type { CanaryComparison, CanaryMetric, CanaryState } from "../operations/canary/compare-canary.js";
import { formatDifference, formatFurther, formatP } from "./format-score.js";
import { describeRateLimits } from "./rate-limit-lines.js";
import { broken, cut, whole } from "./fit-columns.js";
import type { JunitCase } from "./junit.js";
import { renderReport, type Report } from "./report.js";
import type { Screen } from "./screen.js";

/** What is shown of a round: where it was kept, or how it compares; and what limits of the rate did. */
export interface CanaryRound {
  name: string;
  model: string;
  path: string;
  blessed: boolean;
  comparison: CanaryComparison | null;
  rate_limits?: NonNullable<SweepResult["study"]["rate_limits"]>;
}

interface ReportedRound extends Pick<CanaryRound, "name" | "model" | "comparison"> {
  seconds?: number;
}

/** What a round of a canary found, in texts to print one after the other. */
export function describeCanary({ name, model, path, blessed, comparison, rate_limits }: CanaryRound, screen: Screen): string[] {
  return [
    ...(blessed ? [`Saved the answers of ${model} as ${path}. Compare with them: llmops monitor canary`] : []),
    ...describeRateLimits(rate_limits ? { rate_limits } : {}),
    ...(comparison ? [renderReport(canaryReport({ name, model, comparison }, screen.chalk), screen)] : []),
  ];
}

/** A canary beside the one that was kept, and what that means; where it was kept itself, that alone. */
export function canaryReport({ name, model, comparison, seconds = 0 }: ReportedRound, chalk: ChalkInstance): Report {
  const title = `Canary ${name} of ${model}`;
  if (!comparison)
    return { title, parts: ["The answers were saved as what later ones are compared with."], records: [], cases: [], seconds };
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
  return {
    ...{ title, parts: [{ head, rows }, `${identical} of ${samples} samples have identical answers.`, verdict] },
    ...{ records: metrics.map((metric) => ({ ...metric })), cases: metrics.map(toCase), seconds },
  };
}

/** Failed where it drifted. */
function toCase(metric: CanaryMetric): JunitCase {
  const { metric: name, state } = metric;
  const output = `${state}: ${format(metric.before)} before, ${format(metric.now)} now, ${describeDifference(metric)}`;
  return { name, time: 0, output, failure: state === "drift" ? output : undefined, skipped: state === "cannot tell" };
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
