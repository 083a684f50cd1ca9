import { z } from "zod";
import { alertNoticeSchema } from "../../lib/operations/monitor/alert-sinks.js";
import { DIALECTS } from "../../lib/operations/monitor/measures.js";
import { kpiResultSchema } from "../../lib/operations/monitor/kpis.js";
import { sloStatusSchema } from "../../lib/operations/monitor/burn-rate.js";

export { canaryDocumentSchema } from "../monitoring/canary.js";
export { monitorDocumentSchema } from "../monitoring/monitor-document.js";
export { canarySchema } from "../../lib/operations/canary/canary-baseline.js";
export { monitorStateSchema } from "../../lib/operations/monitor/monitor-state.js";
export { monitorStatusSchema } from "../../lib/operations/monitor/monitor-status.js";

export const monitorReportDocumentSchema = z.object({
  schema: z.literal("llmops.monitor-report/1"),
  name: z.string(),
  path: z.string(),
  metrics: z.array(z.string()),
});

export type MonitorReportDocument = z.infer<typeof monitorReportDocumentSchema>;

export const monitorCheckDocumentSchema = z.object({
  schema: z.literal("llmops.monitor-check/1"),
  target: z.string(),
  up: z.boolean(),
  kpis: z.array(kpiResultSchema),
  slos: z.array(sloStatusSchema),
  errors: z.array(z.string()),
});

export type MonitorCheckDocument = z.infer<typeof monitorCheckDocumentSchema>;

export const monitorRulesDocumentSchema = z.object({
  schema: z.literal("llmops.monitor-rules/1"),
  dialect: z.enum(DIALECTS),
  yaml: z.string().describe("Rules for Prometheus."),
  notes: z.array(z.string()).readonly(),
});

export type MonitorRulesDocument = z.infer<typeof monitorRulesDocumentSchema>;

/** What webhooks and commands get of an alert. */
export const alertDocumentSchema = alertNoticeSchema.extend({ schema: z.literal("llmops.alert/1"), since: z.string(), time: z.string() });
