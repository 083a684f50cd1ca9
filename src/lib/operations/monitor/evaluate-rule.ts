import type { Evaluation } from "./alert-book.js";
import type { AlertCause, AlertRule } from "./alert-rules.js";
import type { SloStatus } from "./burn-rate.js";
import { holds } from "./condition.js";
import { formatMeasure } from "./format-measure.js";
import type { Poll } from "./server-watch.js";

/** What a rule says of a poll of a server. What is not known is not an alert: only absence rules speak of it. */
export function evaluateRule({ cause }: AlertRule, poll: Poll, slos: readonly SloStatus[]): Evaluation {
  if (cause.kind === "threshold") return evaluateThreshold(cause, poll);
  if (cause.kind === "absent") return evaluateAbsence(cause.what, poll);
  return evaluateBurn(cause, slos);
}

type Cause<Kind> = Extract<AlertCause, { kind: Kind }>;

function evaluateThreshold({ condition, overMs }: Cause<"threshold">, poll: Poll): Evaluation {
  const measured = poll.measuredOver(overMs);
  const { measure } = condition;
  return { active: holds(condition, measured) === true, evidence: `${measure} ${formatMeasure(measure, measured[measure])}` };
}

function evaluateAbsence(what: Cause<"absent">["what"], { up, errors, measured }: Poll): Evaluation {
  if (what === "target") return { active: !up, evidence: up ? "it answers again" : errors.join("; ") };
  const value = measured[what];
  return { active: value === undefined, evidence: value === undefined ? `${what} is not known` : formatMeasure(what, value) };
}

function evaluateBurn({ slo, window }: Cause<"burn">, slos: readonly SloStatus[]): Evaluation {
  const status = slos.find((one) => one.slo === slo.text);
  const burn = status?.burn.find(({ factor }) => factor === window.factor);
  if (!status || !burn || burn.short_rate === null) return { active: false, evidence: "no requests" };
  const used = Math.round((1 - (status.error_budget_left ?? 1)) * 1000) / 10;
  const evidence = `burning ${Number(burn.short_rate.toPrecision(3))} times too fast, ${used} % of the budget used`;
  return { active: burn.exceeded, evidence };
}
