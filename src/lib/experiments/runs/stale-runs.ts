import { z } from "zod";
import type { Run } from "../../tracking/records.js";
import type { TrackingStore } from "../../tracking/tracking-store.js";
import { findRuns } from "./find-runs.js";

export const staleActionSchema = z.enum(["end", "kill", "delete"]);

export type StaleAction = z.infer<typeof staleActionSchema>;

export interface StaleRun {
  run: Run;
  /** When it last logged a metric, or started. */
  lastActivity: number;
}

const MOST = 50_000;

/** Runs that say RUNNING although nothing came from them for so long, oldest first. */
export async function findStale(
  store: TrackingStore,
  { experiments, idleMs, now }: { experiments: readonly string[] | undefined; idleMs: number; now: number },
): Promise<StaleRun[]> {
  const filter = `status = 'RUNNING' AND start_time < ${Math.floor(now - idleMs)}`;
  const runs = await findRuns(store, { experiments, filter, orderBy: ["start_time ASC"], limit: MOST });
  return runs
    .map((run) => ({ run, lastActivity: Math.max(run.startTime, ...run.metrics.map(({ timestamp }) => timestamp)) }))
    .filter(({ lastActivity }) => lastActivity < now - idleMs);
}

/** Ends stale runs FINISHED or KILLED at their last activity, or deletes them. */
export async function settleStale(store: TrackingStore, stale: readonly StaleRun[], action: StaleAction): Promise<void> {
  for (const { run, lastActivity } of stale) {
    if (action === "delete") await store.deleteRun(run.runId);
    else await store.updateRun(run.runId, { status: action === "end" ? "FINISHED" : "KILLED", endTime: lastActivity });
  }
}
