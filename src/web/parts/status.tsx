import type { ReactElement } from "react";
import type { RunStatus } from "../api/documents.js";

const NAMES: Record<RunStatus, string> = {
  RUNNING: "Running",
  SCHEDULED: "Scheduled",
  FINISHED: "Finished",
  FAILED: "Failed",
  KILLED: "Killed",
};

/** A run's status as a dot and a word; color is never all that tells it. */
export function Status({ status }: { status: RunStatus }): ReactElement {
  return (
    <span className="status" data-status={status}>
      {NAMES[status] ?? status}
    </span>
  );
}
