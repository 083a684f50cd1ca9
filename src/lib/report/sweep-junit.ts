import type { SweepResult } from "../study/sweep-result.js";
import type { CheckResult } from "../study/checks.js";
import { formatInterval, formatScore } from "./format-score.js";

/** A sweep as JUnit XML: a test case a setting, failed where all its cells failed, and one for every check (a threshold, a baseline). */
export function sweepJunit({ study, settings, errors }: SweepResult, checks: readonly CheckResult[]): string {
  const cases = [
    ...settings.map(({ name, metrics, cells }) => ({
      name,
      time: (metrics["latency_seconds"]?.mean ?? 0) * (cells.done - cells.failed),
      output: `${study.metric} ${formatScore(metrics[study.metric]?.mean, study.kind)} (${formatInterval(metrics[study.metric], study.kind)}), ${cells.done - cells.failed} of ${cells.planned} cells`,
      failure: cells.done > 0 && cells.failed === cells.done ? (errors[0] ?? "every cell failed") : undefined,
      skipped: cells.done === 0,
    })),
    ...checks.map(({ name, state, evidence }) => ({
      name,
      time: 0,
      output: evidence,
      failure: state === "failed" ? evidence : undefined,
      skipped: state === "cannot tell",
    })),
  ];
  const count = (test: (item: (typeof cases)[number]) => boolean) => cases.filter(test).length;
  const failures = count(({ failure }) => failure !== undefined);
  const suite = `name="${escape(study.name)}" tests="${cases.length}" failures="${failures}" skipped="${count(({ skipped }) => skipped)}" time="${study.seconds.toFixed(3)}"`;
  const body = cases.map(({ name, time, output, failure, skipped }) => {
    const state =
      failure !== undefined ? `<failure message="${escape(failure)}"/>` : skipped ? `<skipped message="${escape(output)}"/>` : "";
    return `    <testcase classname="${escape(study.name)}" name="${escape(name)}" time="${time.toFixed(3)}">${state}<system-out>${escape(output)}</system-out></testcase>`;
  });
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n  <testsuite ${suite}>\n${body.join("\n")}\n  </testsuite>\n</testsuites>\n`;
}

/** Text inside XML; characters it cannot hold are dropped. */
function escape(text: string): string {
  return text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, "").replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
}
