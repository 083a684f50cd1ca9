import { ERROR_CODES } from "../errors/codes.js";
import { LlmopsError } from "../errors/llmops-error.js";
import type { StudyRun } from "./run-study.js";
import { primaryMetric, type StudyPlan } from "./study.js";
import type { SweepResult } from "./sweep-result.js";

/** Something a result has to hold. */
export interface CheckResult {
  name: string;
  state: "passed" | "failed" | "cannot tell";
  /** What was seen, in words. */
  evidence: string;
}

/** A bound on a metric that fails a result, such as accuracy<0.9. */
export interface Threshold {
  metric: string;
  comparator: "<" | "<=" | ">" | ">=";
  bound: number;
}

/** Reads "accuracy<0.9". Throws INVALID_ARGUMENT. */
export function parseThreshold(text: string): Threshold {
  const [, metric, comparator, bound] = /^\s*([\w./:-]+?)\s*(<=|>=|<|>)\s*(-?[\d.]+(?:e-?\d+)?)\s*$/i.exec(text) ?? [];
  if (metric !== undefined && comparator !== undefined && Number.isFinite(Number(bound))) {
    return { metric, comparator: comparator as Threshold["comparator"], bound: Number(bound) };
  }
  throw new LlmopsError("INVALID_ARGUMENT", `"${text}" is no condition.`, {
    hint: "Write a metric, a comparison and a number, as in 'accuracy<0.9' or 'latency_seconds>2'.",
  });
}

/** Throws INVALID_ARGUMENT, before the work, for a threshold on a metric the study will not have. */
export function checkMetrics(plan: StudyPlan, thresholds: readonly Threshold[]): void {
  const metrics = [primaryMetric(plan), ...plan.scorers.map(({ name }) => name)];
  const unknown = thresholds.find(({ metric }) => !metrics.includes(metric));
  if (!unknown) return;
  throw new LlmopsError("INVALID_ARGUMENT", `The study will have no metric "${unknown.metric}".`, {
    hint: `It has: ${[...new Set(metrics)].join(", ")}. Name others with --scorer.`,
  });
}

/** Whether the best setting's mean is in the failing range; cannot tell where it has no such value. */
export function checkThreshold({ best, settings }: SweepResult, { metric, comparator, bound }: Threshold): CheckResult {
  const name = `${metric}${comparator}${bound}`;
  const setting = settings.find(({ params }) => JSON.stringify(params) === JSON.stringify(best?.params));
  if (!setting) return { name, state: "cannot tell", evidence: "nothing was scored" };
  const estimate = setting.metrics[metric];
  if (!estimate) return { name, state: "cannot tell", evidence: `${setting.name} has no ${metric}` };
  const fails = { "<": estimate.mean < bound, "<=": estimate.mean <= bound, ">": estimate.mean > bound, ">=": estimate.mean >= bound };
  const range = estimate.low === null || estimate.high === null ? "" : ` (${round(estimate.low)} to ${round(estimate.high)})`;
  const evidence = `${metric} of ${setting.name} is ${round(estimate.mean)}${range}`;
  return { name, state: fails[comparator] ? "failed" : "passed", evidence };
}

/** The exit code of a study: 130 when interrupted, 1 when a check failed, 3 when one cannot tell, 4 when the budget was spent, else 0. */
export function exitCodeOf(status: StudyRun["status"], checks: readonly CheckResult[]): number {
  if (status === "interrupted") return ERROR_CODES.ABORTED.exit;
  if (checks.some(({ state }) => state === "failed")) return 1;
  if (checks.some(({ state }) => state === "cannot tell")) return 3;
  return status === "budget spent" ? ERROR_CODES.BUDGET_SPENT.exit : 0;
}

function round(value: number): number {
  return Number(value.toPrecision(4));
}
