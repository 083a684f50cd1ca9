/**
 * Whether a server is being watched: its monitor is running and was heard of, is running and was not heard of for several intervals,
 * polled once, or has stopped.
 */
export type WatchState = "watching" | "silent" | "polled" | "stopped";

/** A server that was watched, by its monitor's run. */
export interface WatchedServer {
  runId: string;
  runName: string;
  experimentId: string;
  target: string;
  state: WatchState;
  /** When the monitor was last heard of, in milliseconds; null where it recorded nothing yet. */
  seen: number | null;
  /** llmops.monitor-status/1; null where there is none. */
  document: object | null;
}

/** A round of a canary, by its run. */
export interface CanaryRound {
  runId: string;
  experimentId: string;
  /** In a sentence. */
  verdict: string;
  /** llmops.monitor-canary/2. */
  document: object;
}

/** An alert that fired when its monitor, or canary, was last heard of. */
export interface FiringAlert {
  source: "monitor" | "canary";
  name: string;
  severity: string;
  summary: string;
  evidence: string;
  target: string;
  /** When its condition began to hold, and when it was last seen to. */
  since: number;
  seen: number;
  /** Its monitor is running, but was not heard of since. */
  isSilent: boolean;
  runId: string;
  experimentId: string;
}

/** What monitors have recorded in a store. What others wrote under their names, and is not what they write, is left out. */
export interface StoreMonitors {
  /** The last that were started, newest first. */
  servers(): Promise<WatchedServer[]>;
  /** Their last alerts, oldest first: llmops.monitor's alerts.json. Throws RESOURCE_DOES_NOT_EXIST for a run that is not there. */
  events(runId: string): Promise<object[]>;
  /** The last rounds of all canaries, newest first. */
  canaries(): Promise<CanaryRound[]>;
  /** What fires: critical alerts first. */
  firing(): Promise<FiringAlert[]>;
}
