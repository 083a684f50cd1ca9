import { parse } from "yaml";
import { z } from "zod";
import { parseDuration } from "../../base/config/duration.js";
import { nearestOf } from "../../base/errors/nearest.js";
import { LlmopsError, messageOf } from "../../base/errors/llmops-error.js";
import { readTextFile } from "../../base/files/read-text-file.js";
import { parseSlo, type Slo } from "../slo/slo.js";
import { burnWindows, type BurnWindow } from "./burn-rate.js";
import { parseCondition, type Condition } from "./condition.js";
import { checkWindow } from "./history.js";
import { MEASURE_NAMES, type MeasureName } from "./measures.js";

/** What makes an alert: a bound that is crossed, an error budget that burns, a server or a measure that is not there. */
export type AlertCause =
  | { kind: "threshold"; condition: Condition; overMs: number }
  | { kind: "burn"; slo: Slo; window: BurnWindow }
  | { kind: "absent"; what: "target" | MeasureName };

export interface AlertRule {
  name: string;
  cause: AlertCause;
  /** It fires once it has held so long. */
  forMs: number;
  severity: string;
  summary: string;
}

/** Where notices go. */
export type SinkDefinition =
  | { kind: "stdout" }
  | { kind: "webhook"; url?: string | undefined; urlEnv?: string | undefined; format: "json" | "slack" }
  | { kind: "command"; command: string };

export interface AlertPlan {
  rules: AlertRule[];
  sinks: SinkDefinition[];
  /** What still fires is sent again after so long. */
  repeatMs: number;
  /** Of each sink. */
  mostPerHour: number;
}

/** How far back thresholds look where a rule does not say. */
const DEFAULT_OVER_MS = 300_000;
const ABSENT_FOR_MS = 120_000;

/** What is watched without a file: the documented alerts, and that the server is there. */
const DEFAULT_RULES = [
  { name: "HighResponseTime", when: "p95_response_time>1s", for: "5m", severity: "warning", summary: "Answers take long" },
  { name: "HighErrorRate", when: "error_rate>5%", for: "2m", severity: "critical", summary: "Many requests fail" },
  { name: "ModelLoadingFailures", when: "model_load_failures>0", for: "1m", severity: "warning", summary: "A model cannot be loaded" },
  { name: "TargetDown", absent: "target", for: "2m", severity: "critical", summary: "The server cannot be reached" },
];

const duration = z.string().transform((text, context) => {
  try {
    return parseDuration(text);
  } catch (error) {
    context.addIssue({ code: "custom", message: messageOf(error) });
    return z.NEVER;
  }
});
const ruleSchema = z
  .strictObject({
    name: z.string().regex(/^[A-Za-z_]\w*$/, "letters, digits and _ only"),
    when: z.string().optional(),
    slo: z.string().optional(),
    absent: z.string().optional(),
    over: duration.optional(),
    for: duration.optional(),
    severity: z.string().optional(),
    summary: z.string().optional(),
  })
  .refine(({ when, slo, absent }) => [when, slo, absent].filter((one) => one !== undefined).length === 1, "one of when, slo and absent");
const sinkSchema = z.union([
  z.literal("stdout").transform((): SinkDefinition => ({ kind: "stdout" })),
  z
    .strictObject({
      webhook: z.url({ protocol: /^https?$/ }).optional(),
      webhook_env: z.string().optional(),
      format: z.enum(["json", "slack"]).optional(),
    })
    .refine(({ webhook, webhook_env: env }) => (webhook === undefined) !== (env === undefined), "webhook or webhook_env")
    .transform(({ webhook, webhook_env: urlEnv, format = "json" }): SinkDefinition => ({ kind: "webhook", url: webhook, urlEnv, format })),
  z.strictObject({ command: z.string().min(1) }).transform(({ command }): SinkDefinition => ({ kind: "command", command })),
]);
const fileSchema = z.strictObject({
  rules: z.array(ruleSchema).default([]),
  sinks: z.array(sinkSchema).default([{ kind: "stdout" }]),
  repeat_every: duration.default(4 * 3_600_000),
  at_most_per_hour: z.number().int().min(1).default(20),
});

/** The plan without a file. */
export function defaultAlerts(): AlertPlan {
  return toPlan({ rules: DEFAULT_RULES }, "the default rules");
}

/** Reads rules and sinks from YAML. Throws CONFIG_INVALID naming the place. */
export function readAlertFile(path: string): AlertPlan {
  let document: unknown;
  try {
    document = parse(readTextFile(path));
  } catch (error) {
    throw new LlmopsError("CONFIG_INVALID", `The alert rules ${path} cannot be read: ${messageOf(error).split("\n")[0]}.`, {
      hint: "Write an example with `llmops init alerts`.",
      cause: error,
    });
  }
  return toPlan(document ?? {}, path);
}

/** One alert for each window an error budget may burn in. */
export function burnRules(
  slo: Slo,
  { name = budgetName(slo), summary }: { name?: string; summary?: string | undefined } = {},
): AlertRule[] {
  return burnWindows(slo).map((window) => ({
    name: `${name}Burn${window.factor}x`.replace(".", "_"),
    cause: { kind: "burn" as const, slo, window },
    forMs: 0,
    severity: window.severity,
    summary: summary ?? `The error budget of ${slo.text} is being used up ${window.factor > 1 ? `${window.factor} times ` : ""}too fast`,
  }));
}

function budgetName({ measure, boundMs }: Slo): string {
  return `${measure.charAt(0).toUpperCase()}${measure.slice(1)}${boundMs === Infinity ? "" : `${boundMs}ms`.replace(".", "_")}Budget`;
}

function toPlan(document: unknown, path: string): AlertPlan {
  const read = fileSchema.safeParse(document);
  if (!read.success) throw invalid(path, read.error.issues[0]);
  const { rules, sinks, repeat_every: repeatMs, at_most_per_hour: mostPerHour } = read.data;
  const made = rules.flatMap((rule) => toRules(rule, path));
  const twice = made.find(({ name }, i) => made.findIndex((other) => other.name === name) !== i);
  if (twice)
    throw new LlmopsError("CONFIG_INVALID", `${path} has two rules named ${twice.name}.`, {
      hint: "Names tell alerts apart: choose another.",
    });
  return { rules: made, sinks, repeatMs, mostPerHour };
}

function toRules(rule: z.output<typeof ruleSchema>, path: string): AlertRule[] {
  const { name, slo, summary } = rule;
  try {
    if (slo !== undefined) return burnRules(parseSlo(slo), { name, summary });
    const { cause, forMs, about } = toCause(rule);
    return [{ name, cause, forMs: rule.for ?? forMs, severity: rule.severity ?? "warning", summary: summary ?? about }];
  } catch (error) {
    if (!(error instanceof LlmopsError)) throw error;
    const hint = error.hint === undefined ? {} : { hint: error.hint };
    throw new LlmopsError("CONFIG_INVALID", `${path}, rule ${name}: ${error.message}`, hint);
  }
}

/** What a rule that is not an objective looks at, how long it has to hold by default, and that in words. */
function toCause({ when, over = DEFAULT_OVER_MS, absent = "" }: z.output<typeof ruleSchema>): {
  cause: AlertCause;
  forMs: number;
  about: string;
} {
  if (when !== undefined) {
    const condition = parseCondition(when);
    return { cause: { kind: "threshold", condition, overMs: checkWindow(over) }, forMs: 0, about: condition.text };
  }
  const what = toAbsent(absent);
  return { cause: { kind: "absent", what }, forMs: ABSENT_FOR_MS, about: `${what} is not there` };
}

function toAbsent(text: string): "target" | MeasureName {
  const known = ["target", ...MEASURE_NAMES] as const;
  const found = known.find((name) => name === text);
  if (found !== undefined) return found;
  const nearest = nearestOf(text, known);
  throw new LlmopsError("CONFIG_INVALID", `there is nothing named "${text}".`, {
    hint: `${nearest === undefined ? "" : `Did you mean ${nearest}? `}Write target, or a measure: ${MEASURE_NAMES.join(", ")}.`,
  });
}

function invalid(path: string, issue: z.core.$ZodIssue | undefined): LlmopsError {
  const place = issue?.path.join(".") ?? "";
  return new LlmopsError(
    "CONFIG_INVALID",
    `${path}${place === "" ? "" : `, ${place}`}: ${(issue?.message ?? "not understood").replace(/\.$/, "")}.`,
    {
      hint: "See `llmops help alerts` for what a file of rules looks like.",
    },
  );
}
