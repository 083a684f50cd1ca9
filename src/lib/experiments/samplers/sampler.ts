import type { Random } from "../../base/math/random.js";
import type { OptionsSchema } from "../../base/registry/named-options.js";
import type { Registered } from "../../base/registry/registry.js";
import type { Params, SearchSpace } from "./space.js";

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

/** What a sampler is made with. */
export interface SamplerContext {
  /** Every random choice follows from it. */
  seed: number;
  /** Trials of an even design before the sampler learns from them. */
  startUp: number;
  /** Random numbers of [0, 1) that follow from the seed and `turn`, such as the number of trials so far. */
  random(turn: string | number): Random;
}

/** A sampler as it is named: `NAME`, or `NAME:OPTIONS` where it has options. */
export interface SamplerDefinition<Options = unknown> extends Registered {
  /** How it chooses the next setting, in a few words. */
  about: string;
  options?: OptionsSchema<Options>;
  create(space: SearchSpace, context: SamplerContext, options: Options): Sampler;
}
