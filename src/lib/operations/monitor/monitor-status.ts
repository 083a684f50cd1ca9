import { z } from "zod";
import { activeAlertSchema } from "./alert-book.js";
import { sloStatusSchema } from "./burn-rate.js";
import type { Condition } from "./condition.js";
import { kpiResultSchema } from "./kpis.js";
import { measuredSchema, runMetricOf } from "./measures.js";
import type { MonitorPlan, Observation } from "./monitor.js";
import type { Slo } from "../slo/slo.js";

/** The artifact in which a monitor's run says how the server is. */
export const STATUS_ARTIFACT = "monitor.json";
/** The tag of a monitor's run: the server it watches. */
export const MONITOR_TAG = "llmops.monitor";

const boundSchema = z.object({
  metric: z.string().describe("The run's metric that is bounded."),
  comparator: z.enum(["<", "<=", ">", ">="]),
  bound: z.number().describe("In the metric's unit: seconds, bytes, or a fraction."),
});
const time = () => z.number().describe("Milliseconds since the epoch.");

export const monitorStatusSchema = z.object({
  schema: z.literal("llmops.monitor-status/1"),
  target: z.string(),
  dialect: z.string().nullable(),
  up: z.boolean(),
  time: time(),
  polls: z.number().describe("Over the life of the run."),
  watching_since: time(),
  ended_at: time().nullable().describe("Null while the monitor is running."),
  interval_ms: z.number().nullable().describe("Between the starts of two polls; null for a single poll."),
  timeout_ms: z.number(),
  measures: measuredSchema,
  kpis: z.array(kpiResultSchema.extend(boundSchema.shape)),
  slos: z.array(
    sloStatusSchema.extend({
      share: z.number(),
      window_ms: z.number(),
      bound_ms: z.number().nullable().describe("Null where only success counts."),
    }),
  ),
  rules: z.array(
    z.object({
      name: z.string(),
      severity: z.string(),
      summary: z.string(),
      for_ms: z.number(),
      threshold: boundSchema.nullable().describe("Null for objectives and absences."),
    }),
  ),
  alerts: z.array(activeAlertSchema),
  errors: z.array(z.object({ time: time(), text: z.string() })).describe("The last ones."),
});

/** How a watched server is, as its run keeps it: monitor.json. Times are milliseconds; measures are seconds, bytes, and fractions. */
export type MonitorStatus = z.infer<typeof monitorStatusSchema>;

/** When a server is polled. */
export interface PollSchedule {
  /** Null where it is polled once. */
  intervalMs: number | null;
  timeoutMs: number;
}

interface StatusContext {
  plan: MonitorPlan;
  schedule: PollSchedule;
  since: number;
  endedAt: number | null;
  errors: MonitorStatus["errors"];
}

/** The document of what was last observed of a server. */
export function toStatus(observation: Observation, { plan, schedule, since, endedAt, errors }: StatusContext): MonitorStatus {
  const { target, dialect = null, up, time, step, measured, alerts } = observation;
  return {
    schema: "llmops.monitor-status/1",
    ...{ target, dialect, up, time, polls: step + 1, watching_since: since, ended_at: endedAt },
    ...{ interval_ms: schedule.intervalMs, timeout_ms: schedule.timeoutMs, measures: measured },
    kpis: observation.kpis.flatMap((kpi, i) => (plan.kpis[i] ? [{ ...kpi, ...toBound(plan.kpis[i]) }] : [])),
    slos: observation.slos.flatMap((slo) => {
      const objective = plan.slos.find(({ text }) => text === slo.slo);
      return objective ? [{ ...slo, ...toObjective(objective) }] : [];
    }),
    rules: plan.rules.map(({ name, severity, summary, forMs, cause }) => ({
      ...{ name, severity, summary, for_ms: forMs },
      threshold: cause.kind === "threshold" ? toBound(cause.condition) : null,
    })),
    ...{ alerts, errors },
  };
}

function toBound({ measure, comparator, bound }: Condition): z.infer<typeof boundSchema> {
  return { metric: runMetricOf(measure), comparator, bound };
}

function toObjective({ share, windowMs, boundMs }: Slo): { share: number; window_ms: number; bound_ms: number | null } {
  return { share, window_ms: windowMs, bound_ms: Number.isFinite(boundMs) ? boundMs : null };
}
