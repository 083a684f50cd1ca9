import { z } from "zod";
import { listExperiments } from "../../tracking/find-experiment.js";
import { metricValue, type Run } from "../../tracking/records.js";
import type { TrackingStore } from "../../tracking/tracking-store.js";
import { findRuns } from "./find-runs.js";

export const storeSummarySchema = z.object({
  cache_hit_rate: z.number().nullable().describe("Percent, of the newest run that recorded it."),
  avg_response_time_ms: z.number().nullable(),
  best_model_loss: z
    .number()
    .nullable()
    .describe("The lowest final loss of any run: evaluation loss where there is one, else training loss."),
  total_experiments: z.number(),
  training_hours: z.number().describe("Hours all runs with a loss took together."),
});

/** Everything at a glance; null where nothing was recorded. Field names are those of dashboards that already read them. */
export type StoreSummary = z.infer<typeof storeSummarySchema>;

const LOSSES = ["eval_loss", "final_eval_loss", "final_train_loss", "train_loss", "loss"];
const MOST = 50_000;

/** Summarizes the active experiments of a store. */
export async function summarizeStore(store: TrackingStore, now = Date.now()): Promise<StoreSummary> {
  const experiments = await listExperiments(store);
  const runs = await findRuns(store, { limit: MOST });
  const trained = runs.flatMap((run) => {
    const loss = firstMetric(run, LOSSES);
    return loss === undefined ? [] : [{ run, loss }];
  });
  const hours = trained.reduce((sum, { run }) => sum + ((run.endTime ?? lastPoint(run, now)) - run.startTime) / 3_600_000, 0);
  return {
    cache_hit_rate: newest(runs, ["cache_hit_rate"]),
    avg_response_time_ms: newest(runs, ["avg_response_time_ms"]),
    best_model_loss: trained.length === 0 ? null : Math.min(...trained.map(({ loss }) => loss)),
    total_experiments: experiments.length,
    training_hours: Math.round(hours * 100) / 100,
  };
}

/** A run that has not ended took as long as it has been logging. */
function lastPoint(run: Run, now: number): number {
  return Math.min(now, Math.max(run.startTime, ...run.metrics.map(({ timestamp }) => timestamp)));
}

function newest(runs: readonly Run[], keys: readonly string[]): number | null {
  for (const run of runs) {
    const value = firstMetric(run, keys);
    if (value !== undefined) return value;
  }
  return null;
}

function firstMetric(run: Run, keys: readonly string[]): number | undefined {
  return keys.map((key) => metricValue(run, key)).find((value) => value !== undefined && Number.isFinite(value));
}
