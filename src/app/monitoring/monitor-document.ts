import { z } from "zod";
import { activeAlertSchema } from "../../lib/operations/monitor/alert-book.js";
import { sloStatusSchema } from "../../lib/operations/monitor/burn-rate.js";
import { kpiResultSchema } from "../../lib/operations/monitor/kpis.js";
import { measuredSchema } from "../../lib/operations/monitor/measures.js";
import type { LastSeen } from "./watch-servers.js";

export const monitorDocumentSchema = z.object({
  schema: z.literal("llmops.monitor/1"),
  tracking_uri: z.string(),
  experiment: z.string(),
  servers: z.array(
    z.object({
      target: z.string(),
      run_id: z.string().nullable(),
      looks: z.number(),
      time: z.string(),
      up: z.boolean(),
      dialect: z.string().nullable(),
      measures: measuredSchema,
      kpis: z.array(kpiResultSchema),
      slos: z.array(sloStatusSchema),
      alerts: z.array(activeAlertSchema),
      errors: z.array(z.string()),
    }),
  ),
});

/** How servers were when they were last polled, as `monitor --json` prints it. Times are seconds, sizes bytes, rates 0..1. */
export type MonitorDocument = z.infer<typeof monitorDocumentSchema>;

/** The document of how servers were at the end. */
export function monitorDocument(seen: readonly LastSeen[], { uri, experiment }: { uri: string; experiment: string }): MonitorDocument {
  const servers = seen.map(({ observation, runId }) => {
    const { target, step, time, up, dialect = null, measured, kpis, slos, alerts, errors } = observation;
    return {
      ...{ target, run_id: runId, looks: step + 1, time: new Date(time).toISOString(), up, dialect },
      ...{ measures: measured, kpis, slos, alerts, errors },
    };
  });
  return { schema: "llmops.monitor/1", tracking_uri: uri, experiment, servers };
}
