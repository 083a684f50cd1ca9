import { stringify } from "yaml";
import { LlmopsError } from "../../base/errors/llmops-error.js";
import { atLeast, FEWEST_REQUESTS } from "./burn-rate.js";
import type { AlertRule } from "./alert-rules.js";
import { toPromql } from "./expression.js";
import { measureOf, type Dialect } from "./measures.js";
import type { PrometheusSample } from "./prometheus-text.js";
import { sloSource } from "./slo-source.js";

/** Prometheus computes nothing over a range without two scrapes in it: ranges fit servers that are scraped every 15 seconds. */
const SCRAPES = { longMs: 150_000, shortMs: 60_000 };

export interface PrometheusRulesOptions {
  dialect: Dialect;
  /** Keeps the series of the servers meant, such as `job="llmops"`. */
  selector: string;
  /** Of a running server: its own histogram edges and counters. */
  samples?: readonly PrometheusSample[] | undefined;
}

export interface PrometheusRules {
  yaml: string;
  /** Rules that are not in it, and what else to know. */
  notes: string[];
}

interface Rule {
  alert: string;
  expr: string;
  for?: string;
  labels: Record<string, string>;
  annotations: Record<string, string>;
}

/** The rules as a Prometheus rule file: the same expressions, evaluated by Prometheus. Throws INVALID_ARGUMENT when nothing is left. */
export function toPrometheusRules(rules: readonly AlertRule[], options: PrometheusRulesOptions): PrometheusRules {
  const notes: string[] = [];
  const written = rules.flatMap((rule) => {
    const made = toExpr(rule, options);
    if (made.note !== undefined && !notes.includes(made.note)) notes.push(made.note);
    return made.expr === undefined ? [] : [toRule(rule, made.expr)];
  });
  if (written.length === 0) {
    throw new LlmopsError("INVALID_ARGUMENT", "None of the rules can be written for Prometheus.", { hint: notes.join(" ") });
  }
  const head = `# Written by \`llmops monitor rules\` for ${options.dialect} metrics.\n${notes.map((note) => `# ${note}\n`).join("")}`;
  return { yaml: `${head}${stringify({ groups: [{ name: "llmops", rules: written }] }, { lineWidth: 0 })}`, notes };
}

function toRule({ name, severity, summary, forMs }: AlertRule, expr: string): Rule {
  return {
    alert: name,
    expr,
    ...(forMs > 0 && { for: toRange(forMs) }),
    labels: { severity },
    annotations: { summary, description: '{{ printf "%.3g" $value }}' },
  };
}

function toExpr({ cause }: AlertRule, { dialect, selector, samples }: PrometheusRulesOptions): { expr?: string; note?: string } {
  if (cause.kind === "absent") {
    if (cause.what === "target") {
      const up = selector === "" ? "up" : `up{${selector}}`;
      return { expr: `${up} == 0 or absent(${up})` };
    }
    const expression = measureOf(cause.what).of?.[dialect];
    return expression ? { expr: `absent(${toPromql(expression, "5m", selector)})` } : unknownMeasure(cause.what, dialect);
  }
  if (cause.kind === "threshold") {
    const { measure, comparator, bound } = cause.condition;
    const expression = measureOf(measure).of?.[dialect];
    if (!expression) return unknownMeasure(measure, dialect);
    return { expr: `${toPromql(expression, toRange(cause.overMs), selector)} ${comparator} ${bound}` };
  }
  const { slo, window } = cause;
  // a server that has not answered anything yet may not have the histogram yet
  const source = sloSource(slo, dialect, samples) ?? sloSource(slo, dialect);
  if (!source)
    return { note: `${slo.text} is not counted by this kind of server; only \`llmops monitor\` watches it, by its own requests.` };
  const budget = Number((1 - slo.share).toPrecision(6));
  const burning = (ms: number) => {
    const [good, total] = [source.good, source.total].map((one) => toPromql(one, toRange(ms), selector));
    return `(1 - ${good} / ${total}) > ${Number((window.factor * budget).toPrecision(6))}`;
  };
  const { longMs, shortMs } = atLeast(window, SCRAPES);
  const enough = `${toPromql(source.total, toRange(longMs), selector)} >= ${FEWEST_REQUESTS}`;
  const expr = [burning(longMs), burning(shortMs), enough].join("\nand\n");
  return source.boundSeconds === undefined
    ? { expr }
    : {
        expr,
        note: `The nearest edge of the histogram at or below the bound of ${slo.text} is ${source.boundSeconds * 1000} ms, and that is used.`,
      };
}

function unknownMeasure(measure: string, dialect: Dialect): { note: string } {
  const why = measure.startsWith("probe_") ? "is of the probe of `llmops monitor`" : `is not among the metrics of ${dialect}`;
  return { note: `${measure} ${why}: the rule is left out.` };
}

/** A range in PromQL, whole seconds at least. */
function toRange(ms: number): string {
  const seconds = Math.max(1, Math.round(ms / 1000));
  for (const [unit, length] of [
    ["d", 86_400],
    ["h", 3600],
    ["m", 60],
  ] as const) {
    if (seconds % length === 0) return `${seconds / length}${unit}`;
  }
  return `${seconds}s`;
}
