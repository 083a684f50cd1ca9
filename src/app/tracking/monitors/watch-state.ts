import type { MonitorStatus } from "../../../lib/operations/monitor/monitor-status.js";
import type { RunRow } from "../../../lib/tracking/store-views.js";
import type { RunStatus } from "../../../lib/tracking/records.js";
import type { WatchedServer, WatchState } from "../../../lib/tracking/server/monitors.js";

/** The run of a monitor, or of a canary's round. */
export type WatchRun = Pick<RunRow, "runId" | "runName" | "experimentId" | "status" | "startTime" | "endTime" | "tags">;

/** A watched server with its document as it was read. */
export interface ReadServer extends WatchedServer {
  document: MonitorStatus | null;
}

/** So many intervals without a word are silence, with some patience for a busy machine and the way to the store. */
const MISSED = 3;
const PATIENCE_MS = 15_000;
/** Before a monitor that has recorded nothing at all counts as silent. */
const FIRST_POLL_MS = 600_000;

/** Whether a monitor is at work, by the status of its run and what it last recorded, at a time. */
export function watchState(
  { status, startTime }: { status: RunStatus; startTime: number },
  last: Pick<MonitorStatus, "time" | "ended_at" | "interval_ms" | "timeout_ms"> | undefined,
  now: number,
): WatchState {
  if (status !== "RUNNING") return last?.interval_ms === null ? "polled" : "stopped";
  if (!last) return now - startTime > FIRST_POLL_MS ? "silent" : "watching";
  if (last.ended_at !== null || last.interval_ms === null) return "watching"; // it has begun again, and has not polled yet
  return now - last.time > MISSED * last.interval_ms + last.timeout_ms + PATIENCE_MS ? "silent" : "watching";
}
