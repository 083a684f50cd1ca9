import type { ReactElement } from "react";
import type { TraceState } from "../api/traces.js";

const STATES: Record<TraceState, { name: string; like: string }> = {
  OK: { name: "OK", like: "FINISHED" },
  ERROR: { name: "Error", like: "FAILED" },
  IN_PROGRESS: { name: "In progress", like: "RUNNING" },
  STATE_UNSPECIFIED: { name: "Unknown", like: "" },
};

/** How a traced call ended, as a dot and a word. */
export function TraceStatus({ state }: { state: TraceState }): ReactElement {
  const { name, like } = STATES[state] ?? { name: state, like: "" };
  return (
    <span className="status" data-status={like}>
      {name}
    </span>
  );
}

/** The states of traces with the words that they are called. */
export const TRACE_STATES: readonly (readonly [TraceState, string])[] = (Object.keys(STATES) as TraceState[]).map(
  (state) => [state, STATES[state].name] as const,
);
