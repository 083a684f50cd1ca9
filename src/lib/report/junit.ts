import type { CheckResult } from "../experiments/gates/checks.js";

/** One test case: failed with a message, in error where it could not be judged, skipped, or else passed. */
export interface JunitCase {
  name: string;
  /** Seconds. */
  time: number;
  output: string;
  failure?: string | undefined;
  error?: string | undefined;
  skipped?: boolean;
}

/** A suite as JUnit XML, with a case for every check (a threshold, a baseline) at its end. */
export function toJunit(name: string, seconds: number, own: readonly JunitCase[], checks: readonly CheckResult[]): string {
  const cases = [...own, ...checks.map(toCase)];
  const count = (test: (item: JunitCase) => boolean) => cases.filter(test).length;
  const failures = count(({ failure }) => failure !== undefined);
  const errors = count(({ error }) => error !== undefined);
  const suite = `name="${escape(name)}" tests="${cases.length}" failures="${failures}" errors="${errors}" skipped="${count(({ skipped = false }) => skipped)}" time="${seconds.toFixed(3)}"`;
  const body = cases.map((item) => {
    const { name: own, time, output } = item;
    const state = stateOf(item);
    return `    <testcase classname="${escape(name)}" name="${escape(own)}" time="${time.toFixed(3)}">${state}<system-out>${escape(output)}</system-out></testcase>`;
  });
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n  <testsuite ${suite}>\n${body.join("\n")}\n  </testsuite>\n</testsuites>\n`;
}

function stateOf({ output, failure, error, skipped }: JunitCase): string {
  if (error !== undefined) return `<error message="${escape(error)}"/>`;
  if (failure !== undefined) return `<failure message="${escape(failure)}"/>`;
  return skipped ? `<skipped message="${escape(output)}"/>` : "";
}

function toCase({ name, state, evidence }: CheckResult): JunitCase {
  return {
    ...{ name, time: 0, output: evidence, skipped: state === "cannot tell" },
    ...{ failure: state === "not met" ? evidence : undefined, error: state === "too much failed" ? evidence : undefined },
  };
}

/** Text inside XML; characters it cannot hold are dropped. */
function escape(text: string): string {
  return text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, "").replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
}
