import { LlmopsError } from "../errors/llmops-error.js";
import { EvenSampler } from "../samplers/even-sampler.js";
import { GpSampler } from "../samplers/gp/gp-sampler.js";
import type { Observation, Sampler } from "../samplers/sampler.js";
import { SearchSpace, type Params, type SearchDimension } from "../samplers/space.js";
import { TpeSampler } from "../samplers/tpe-sampler.js";

/** How settings to try are chosen. */
export const SAMPLERS = ["gp", "tpe", "sobol", "random"] as const;
export type SamplerName = (typeof SAMPLERS)[number];

/** One setting that is tried. */
export interface Trial {
  index: number;
  params: Params;
}

/** What came of a trial: the objective with its standard error, or a failure. */
export type TrialOutcome = { value: number; se?: number | undefined } | { failed: string };

/** The setting believed best, with what its objective is believed to be. */
export interface Best {
  trial: Trial;
  mean: number;
  /** The ends of a 95 % credible interval of the objective, without noise. */
  low: number;
  high: number;
}

export interface SearchStudyOptions {
  dimensions: readonly SearchDimension[];
  direction: "max" | "min";
  seed: number;
  /** gp when absent. */
  sampler?: SamplerName;
  /** Settings tried first, as they are. */
  enqueue?: readonly Params[];
  /** Trials of an even design before the sampler learns from them; chosen by the number of parameters when absent. */
  startUp?: number;
}

const Z = 1.959963984540054;

/**
 * A search for the setting with the best objective: `ask` for a setting, evaluate it, `tell` what came of it, and `best` names the
 * one to take. Several may be asked before they are told. The same seed and outcomes give the same trials.
 */
export class SearchStudy {
  readonly space: SearchSpace;
  private readonly sampler: Sampler;
  private readonly sign: 1 | -1;
  private readonly enqueued: readonly Params[];
  private readonly asked: Trial[] = [];
  private readonly outcomes = new Map<number, TrialOutcome>();

  /** Throws INVALID_ARGUMENT for a setting to enqueue that is not in the space. */
  constructor({ dimensions, direction, seed, sampler = "gp", enqueue = [], startUp }: SearchStudyOptions) {
    this.space = new SearchSpace(dimensions);
    this.sign = direction === "max" ? 1 : -1;
    this.enqueued = enqueue.map((params) => this.checked(params));
    this.sampler = createSampler(sampler, this.space, { seed, startUp: startUp ?? Math.min(8, Math.max(4, dimensions.length + 2)) });
  }

  /** Trials that were asked for, also those not told yet. */
  get trials(): readonly Trial[] {
    return this.asked;
  }

  /** The next setting to try. */
  ask(): Trial {
    const index = this.asked.length;
    const told = this.asked.filter((trial) => this.outcomes.has(trial.index));
    const pending = this.asked.filter((trial) => !this.outcomes.has(trial.index)).map(({ params }) => params);
    const params = this.enqueued[index] ?? this.sampler.ask({ observations: told.map((trial) => this.observe(trial)), pending });
    const trial = { index, params };
    this.asked.push(trial);
    return trial;
  }

  /** Says what came of a trial. A value that is no number is a failure. Throws RangeError for a trial that was not asked for. */
  tell({ index }: Pick<Trial, "index">, outcome: TrialOutcome): void {
    if (!this.asked[index]) throw new RangeError(`trial ${index} was not asked for`);
    const usable = "failed" in outcome || Number.isFinite(outcome.value);
    this.outcomes.set(index, usable ? outcome : { failed: `the objective is ${String((outcome as { value: number }).value)}` });
  }

  outcomeOf({ index }: Pick<Trial, "index">): TrialOutcome | undefined {
    return this.outcomes.get(index);
  }

  /** The setting believed best of those tried; undefined before one succeeded. */
  best(): Best | undefined {
    const told = this.asked.filter((trial) => this.outcomes.has(trial.index));
    const found = this.sampler.recommend(told.map((trial) => this.observe(trial)));
    const trial = found && told[found.index];
    if (!trial) return undefined;
    const mean = this.sign * found.mean;
    return { trial, mean, low: mean - Z * found.sd, high: mean + Z * found.sd };
  }

  private observe({ index, params }: Trial): Observation {
    const outcome = this.outcomes.get(index);
    if (!outcome || "failed" in outcome) return { params, value: null };
    return { params, value: this.sign * outcome.value, se: outcome.se };
  }

  private checked(params: Params): Params {
    for (const dimension of this.space.dimensions) {
      const value = params[dimension.name];
      const fits =
        dimension.kind === "categorical"
          ? value !== undefined && dimension.values.includes(value)
          : typeof value === "number" && value >= dimension.low && value <= dimension.high;
      if (fits) continue;
      throw new LlmopsError(
        "INVALID_ARGUMENT",
        `The setting to try first has ${dimension.name} = ${String(value)}, which is not in the space.`,
        {
          hint: "Give every parameter of the search a value within its range.",
        },
      );
    }
    return params;
  }
}

function createSampler(name: SamplerName, space: SearchSpace, options: { seed: number; startUp: number }): Sampler {
  if (name === "gp") return new GpSampler(space, options);
  if (name === "tpe") return new TpeSampler(space, options);
  return new EvenSampler(space, { seed: options.seed, random: name === "random" });
}
