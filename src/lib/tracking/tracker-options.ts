import type { LlmopsError } from "../base/errors/llmops-error.js";

/** What a tracker is made with. */
export interface TrackerOptions {
  /** The folder of journals. */
  folder: string;
  /** Hears of the first failure of an outage, and of entries the store refused. */
  onProblem?: (error: LlmopsError) => void;
  /** True while the machine has more important work: then sending takes a small share of the time. */
  isBusy?: () => boolean;
}

/** How long to wait for a store, in milliseconds: at most, and once it is known to fail. */
export interface Patience {
  deadlineMs: number;
  failingMs?: number;
}
