import type { Params } from "./space.js";

/** What is known of a setting that was tried. */
export interface Observation {
  params: Params;
  /** The objective, higher is better; null for a trial that failed. */
  value: number | null;
  /** Its standard error, where it was measured. */
  se?: number | undefined;
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
  ask(state: SearchState): Params;
  /** The best of the settings tried; undefined before one succeeded. */
  recommend(observations: readonly Observation[]): Recommendation | undefined;
}
