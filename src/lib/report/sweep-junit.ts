import type { SweepResult } from "../study/sweep-result.js";
import type { CheckResult } from "../study/checks.js";
import { formatInterval, formatScore } from "./format-score.js";
import { toJunit } from "./junit.js";

/** A sweep as JUnit XML: a test case a setting, failed where all its cells failed, and one for every check (a threshold, a baseline). */
export function sweepJunit({ study, settings, errors }: SweepResult, checks: readonly CheckResult[]): string {
  const cases = settings.map(({ name, metrics, cells }) => ({
    name,
    time: (metrics["latency_seconds"]?.mean ?? 0) * (cells.done - cells.failed),
    output: `${study.metric} ${formatScore(metrics[study.metric]?.mean, study.kind)} (${formatInterval(metrics[study.metric], study.kind)}), ${cells.done - cells.failed} of ${cells.planned} cells`,
    failure: cells.done > 0 && cells.failed === cells.done ? (errors[0] ?? "every cell failed") : undefined,
    skipped: cells.done === 0,
  }));
  return toJunit(study.name, study.seconds, cases, checks);
}
