import type { CheckResult } from "../study/checks.js";

/** One test case: failed with a message, skipped, or else passed. */
export interface JunitCase {
  name: string;
  /** Seconds. */
  time: number;
  output: string;
  failure?: string | undefined;
  skipped?: boolean;
}

/** A suite as JUnit XML, with a case for every check (a threshold, a baseline) at its end. */
export function toJunit(name: string, seconds: number, own: readonly JunitCase[], checks: readonly CheckResult[]): string {
  const cases = [...own, ...checks.map(toCase)];
  const count = (test: (item: JunitCase) => boolean) => cases.filter(test).length;
  const failures = count(({ failure }) => failure !== undefined);
  const suite = `name="${escape(name)}" tests="${cases.length}" failures="${failures}" skipped="${count(({ skipped = false }) => skipped)}" time="${seconds.toFixed(3)}"`;
  const body = cases.map(({ name: own, time, output, failure, skipped }) => {
    const state =
      failure !== undefined ? `<failure message="${escape(failure)}"/>` : skipped ? `<skipped message="${escape(output)}"/>` : "";
    return `    <testcase classname="${escape(name)}" name="${escape(own)}" time="${time.toFixed(3)}">${state}<system-out>${escape(output)}</system-out></testcase>`;
  });
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n  <testsuite ${suite}>\n${body.join("\n")}\n  </testsuite>\n</testsuites>\n`;
}

function toCase({ name, state, evidence }: CheckResult): JunitCase {
  return { name, time: 0, output: evidence, failure: state === "failed" ? evidence : undefined, skipped: state === "cannot tell" };
}

/** Text inside XML; characters it cannot hold are dropped. */
function escape(text: string): string {
  return text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, "").replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
}
