import { formatDuration } from "../base/config/duration.js";
import type { StaleRun } from "../experiments/runs/stale-runs.js";
import { cut, whole } from "./fit-columns.js";
import { formatTime, plainTable } from "./plain-table.js";
import type { Screen } from "./screen.js";

/** Runs that never ended, with how long nothing came from them. */
export function renderStaleRuns(stale: readonly StaleRun[], idle: string, screen: Screen): string {
  if (stale.length === 0) return `No run is RUNNING without a sign of life for ${idle}.`;
  const rows = stale.map(({ run, lastActivity }) => [
    run.runId,
    run.runName,
    formatTime(run.startTime),
    formatDuration(Date.now() - lastActivity),
  ]);
  return plainTable(["run", cut("name", 0), whole("started", 2), whole("silent for", 1)], rows, screen);
}
