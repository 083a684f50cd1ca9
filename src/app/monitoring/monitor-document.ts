import { z } from "zod";
import { activeAlertSchema } from "../../lib/operations/monitor/alert-book.js";
import { sloStatusSchema } from "../../lib/operations/monitor/burn-rate.js";
import { kpiResultSchema } from "../../lib/operations/monitor/kpis.js";
import { measuredSchema } from "../../lib/operations/monitor/measures.js";
import type { Observation } from "../../lib/operations/monitor/monitor.js";
import type { LastSeen } from "./monitor.js";
import { EXIT } from "../../lib/base/errors/exit-codes.js";

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

/** How servers were when they were last looked at, as `monitor --json` prints it. Times are seconds, sizes bytes, rates 0..1. */
export type MonitorDocument = z.infer<typeof monitorDocumentSchema>;

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

/**
 * 3 when a server does not answer, 1 when an indicator or objective is missed or an alert fires, 5 when none is but one is not known,
 * else 0.
 */
export function monitorExit(seen: readonly LastSeen[]): number {
  const last = seen.map(({ observation }) => observation);
  if (last.length === 0 || last.some(({ up }) => !up)) return EXIT.broken;
  const isBad = ({ kpis, slos, alerts }: Observation) =>
    kpis.some(({ state }) => state === "failed") || slos.some(({ met }) => met === false) || alerts.some(({ state }) => state === "firing");
  if (last.some(isBad)) return EXIT.failed;
  const isUnknown = ({ kpis, slos }: Observation) => kpis.some(({ state }) => state === "no data") || slos.some(({ met }) => met === null);
  return last.some(isUnknown) ? EXIT.cannotTell : EXIT.done;
}
