import type { Params } from "./space.js";

/** What is known of a setting that was tried. */
export interface Observation {
  params: Params;
  /** The objective, higher is better; null for a trial that failed. */
  value: number | null;
  /** Its standard error, where it was measured. */
  se?: number | undefined;
  /** By how much each constraint was kept, 0 or more, or broken, below 0. */
  margins?: readonly Margin[] | undefined;
}

export interface Margin {
  value: number;
  se?: number | undefined;
}

/** A setting to try. */
export interface Proposal {
  params: Params;
  /** The improvement that is expected of it, in the objective's units; absent where nothing is modeled. */
  improvement?: number;
}

/** What a sampler goes by. */
export interface SearchState {
  observations: readonly Observation[];
  /** Settings that are being tried now. */
  pending: readonly Params[];
}

/** Where a sampler believes the objective to be highest. */
export interface Recommendation {
  /** Index into the observations. */
  index: number;
  /** Of the objective itself, without noise: mean and standard deviation of what is believed. */
  mean: number;
  sd: number;
}

/** Proposes settings. The same observations, pending settings and seed give the same proposal. */
export interface Sampler {
  /** The next setting to try; undefined where none is left, as once all of a design are tried or being tried. */
  ask(state: SearchState): Proposal | undefined;
  /** What is believed of the settings tried, of the first `among` if given, the best first; those that failed are left out. */
  rank(observations: readonly Observation[], among?: number): Recommendation[];
}
