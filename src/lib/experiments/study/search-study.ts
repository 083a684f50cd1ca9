import { isScore } from "../../base/stats/score-value.js";
import { LlmopsError } from "../../base/errors/llmops-error.js";
import { createRandom, deriveSeed } from "../../base/math/random.js";
import { isKept } from "../samplers/best-seen.js";
import { GpSampler } from "../samplers/gp/gp-sampler.js";
import type { Registry } from "../../base/registry/registry.js";
import type { Observation, Proposal, Sampler, SamplerDefinition } from "../samplers/sampler.js";
import { BUILT_IN_SAMPLERS, openSampler } from "../samplers/samplers.js";
import { drawWeights, scalarise } from "../samplers/scalarise.js";
import { SearchSpace, type Params, type SearchDimension } from "../samplers/space.js";
import { hypervolume } from "../../base/stats/hypervolume.js";
import { paretoFront } from "../../base/stats/pareto.js";

/** How settings to try are chosen, without those of plugins. */
export const SAMPLERS: readonly string[] = BUILT_IN_SAMPLERS.names;

/** One setting that is tried. */
export interface Trial {
  index: number;
  params: Params;
  /** The improvement that is expected of it, in units of a single objective; absent where nothing is modeled. */
  improvement?: number;
}

/** A number with its standard error, where that is known. */
export interface Measured {
  value: number;
  se?: number | undefined;
}

/** What came of a trial: the objective or objectives, and by how much constraints were kept (below 0: broken); or a failure. */
export type TrialOutcome = ((Measured | { values: readonly Measured[] }) & { margins?: readonly Measured[] }) | { failed: string };

/** The setting believed best, with what its objective is believed to be. */
export interface Best {
  trial: Trial;
  mean: number;
  /** The ends of a 95 % credible interval of the objective, without noise. */
  low: number;
  high: number;
}

export type SearchDirection = "max" | "min";

export interface SearchStudyOptions {
  dimensions: readonly SearchDimension[];
  /** Of the objective, or of each of several. */
  direction: SearchDirection | readonly SearchDirection[];
  seed: number;
  /** The name of a sampler, or `NAME:OPTIONS` where it has some; gp when absent. */
  sampler?: string;
  /** What `sampler` may name, as `loadPlugins` of llmops/plugin gives it; the built-in ones when absent. */
  plugins?: { readonly samplers: Registry<SamplerDefinition> } | undefined;
  /** Settings tried first, as they are. */
  enqueue?: readonly Params[];
  /** What is known from elsewhere: the sampler learns from it, but it is not a trial. */
  known?: readonly { params: Params; outcome: TrialOutcome }[];
  /** No setting is tried twice, as far as there are others. */
  distinct?: boolean;
  /** Hears, once, that the sampler proposed a setting that was tried, in whose place another one is; only where settings are distinct. */
  onRepeat?: (() => void) | undefined;
  /** Digits of floats, so that settings can be read and typed; 8 when absent. */
  digits?: number;
  /** Trials of an even design before the sampler learns from them; chosen by the number of parameters when absent. */
  startUp?: number;
}

const Z = 1.959963984540054;
/** Random settings looked at in place of one that was tried. */
const ATTEMPTS = 200;

/**
 * A search for the setting with the best objective: `ask` for a setting, evaluate it, `tell` what came of it, and `best` names the
 * one to take; of several objectives, `front` names those that no other beats. Several may be asked before they are told. The same
 * seed and outcomes give the same trials.
 */
export class SearchStudy {
  readonly space: SearchSpace;
  private readonly sampler: Sampler;
  private readonly signs: readonly (1 | -1)[];
  private readonly options: SearchStudyOptions;
  private readonly asked: Trial[] = [];
  private readonly outcomes = new Map<number, TrialOutcome>();
  /** Kept until something is told. */
  private ranked: Best[] | undefined;
  private hasRepeated = false;

  /** Throws INVALID_ARGUMENT for a setting to enqueue that is not in the space, for an unknown sampler, and for a grid over a space that has none. */
  constructor(options: SearchStudyOptions) {
    const { dimensions, direction, seed, sampler = "gp", enqueue = [], startUp } = options;
    this.space = new SearchSpace(dimensions, options.digits);
    this.options = options;
    this.signs = [direction].flat().map((one) => (one === "max" ? 1 : -1));
    for (const params of enqueue) this.check(params);
    const learning = { seed, startUp: startUp ?? Math.min(8, Math.max(4, dimensions.length + 2)) };
    this.sampler = openSampler(sampler, this.space, learning, options.plugins?.samplers);
  }

  /** Trials that were asked for, also those not told yet. */
  get trials(): readonly Trial[] {
    return this.asked;
  }

  /** The next setting to try. Throws RangeError where none is left, as of a grid that was tried whole: `next` tells. */
  ask(): Trial {
    const trial = this.next();
    if (!trial) throw new RangeError("every setting was tried");
    return trial;
  }

  /** The next setting to try; undefined where the sampler has none left. */
  next(): Trial | undefined {
    const index = this.asked.length;
    const enqueued = this.options.enqueue?.[index];
    const pending = this.asked.filter((trial) => !this.outcomes.has(trial.index)).map(({ params }) => params);
    const proposal = enqueued ? { params: enqueued } : this.freshOf(this.sampler.ask({ observations: this.observe(index), pending }));
    if (!proposal) return undefined;
    const trial = { index, ...proposal };
    this.asked.push(trial);
    return trial;
  }

  /** Takes up a trial that was asked for before, as when a study is continued. */
  restore(params: Params): Trial {
    const trial = { index: this.asked.length, params };
    this.asked.push(trial);
    return trial;
  }

  /** Says what came of a trial; said again, the later outcome counts. A value that is not a number is a failure. Throws RangeError for a trial that was not asked for. */
  tell({ index }: Pick<Trial, "index">, outcome: TrialOutcome): void {
    if (!this.asked[index]) throw new RangeError(`trial ${index} was not asked for`);
    this.outcomes.set(index, toUsable(outcome));
    this.ranked = undefined;
  }

  outcomeOf({ index }: Pick<Trial, "index">): TrialOutcome | undefined {
    return this.outcomes.get(index);
  }

  /** The setting believed best of those tried; undefined before one succeeded, and of several objectives. */
  best(): Best | undefined {
    return this.ranking()[0];
  }

  /** What is believed of the trials, the best first; empty for several objectives. */
  ranking(): Best[] {
    if (this.signs.length > 1) return [];
    this.ranked ??= this.believe();
    return this.ranked;
  }

  private believe(): Best[] {
    const told = this.told();
    return this.sampler.rank(this.observe(told.length), told.length).map(({ index, mean: signed, sd }) => {
      const mean = (this.signs[0] ?? 1) * signed;
      return { trial: told[index] as Trial, mean, low: mean - Z * sd, high: mean + Z * sd };
    });
  }

  /** What a Gaussian process believes of any setting by one objective, whatever the sampler; undefined below two trials that worked. */
  surface(objective = 0): ((params: Params) => { mean: number; low: number; high: number }) | undefined {
    const sign = this.signs[objective] ?? 1;
    const observations = this.told().map(({ index, params }): Observation => {
      const measured = measuresOf(this.outcomes.get(index) as TrialOutcome)[objective];
      return { params, value: measured ? sign * measured.value : null, se: measured?.se };
    });
    const believed = new GpSampler(this.space, { seed: this.options.seed, startUp: 0 }).surface(observations);
    return (
      believed &&
      ((params) => {
        const { mean, low, high } = believed(params);
        return sign > 0 ? { mean, low, high } : { mean: -mean, low: -high, high: -low };
      })
    );
  }

  /** The trials that kept all constraints and that no other beats in every objective. */
  front(): Trial[] {
    const kept = this.told().filter((trial) => this.isGood(trial));
    const isFront = paretoFront(kept.map((trial) => this.signed(trial)));
    return kept.filter((_, i) => isFront[i]);
  }

  /** What the front dominates above the worst seen of each objective, as a share of the box the trials span; null without a front. */
  hypervolume(): number | null {
    const points = this.told()
      .filter((trial) => this.isGood(trial))
      .map((trial) => this.signed(trial));
    if (points.length < 2) return null;
    const spans = this.signs.map((_, k) => points.map((point) => point[k] ?? 0)).map((own) => [Math.min(...own), Math.max(...own)]);
    const scaled = points.map((point) =>
      point.map((value, k) => (value - (spans[k]?.[0] ?? 0)) / ((spans[k]?.[1] ?? 1) - (spans[k]?.[0] ?? 0) || 1)),
    );
    return hypervolume(
      scaled,
      this.signs.map(() => 0),
    );
  }

  /** The proposal, or a random setting in place of one that was tried. */
  private freshOf(proposal: Proposal | undefined): Proposal | undefined {
    if (!proposal || this.options.distinct !== true) return proposal;
    const tried = new Set(this.asked.map(({ params }) => JSON.stringify(params)));
    const random = createRandom(deriveSeed(this.options.seed, "fresh", this.asked.length));
    let fresh = proposal;
    for (let attempt = 0; attempt < ATTEMPTS && tried.has(JSON.stringify(fresh.params)); attempt++) {
      fresh = { params: this.space.decode(this.space.fromUniform(this.space.dimensions.map(() => random()))) };
    }
    if (fresh !== proposal && !this.hasRepeated) {
      this.hasRepeated = true;
      this.options.onRepeat?.();
    }
    return fresh;
  }

  private told(): Trial[] {
    return this.asked.filter((trial) => this.outcomes.has(trial.index));
  }

  private isGood({ index }: Trial): boolean {
    const outcome = this.outcomes.get(index);
    return outcome !== undefined && !("failed" in outcome) && isKept(outcome.margins);
  }

  private signed({ index }: Trial): number[] {
    return measuresOf(this.outcomes.get(index) ?? { failed: "" }).map(({ value }, k) => (this.signs[k] ?? 1) * value);
  }

  /** What samplers see, trials first: of several objectives a mixture, another one every time. */
  private observe(turn: number): Observation[] {
    const trials = this.told().map(({ index, params }) => ({ params, outcome: this.outcomes.get(index) as TrialOutcome }));
    const all = [...trials, ...(this.options.known ?? []).map(({ params, outcome }) => ({ params, outcome: toUsable(outcome) }))];
    const signed = all.map(({ outcome }) => measuresOf(outcome).map(({ value, se }, k) => ({ value: (this.signs[k] ?? 1) * value, se })));
    const single = this.signs.length === 1;
    const weights = single ? [1] : drawWeights(this.signs.length, createRandom(deriveSeed(this.options.seed, "weights", turn)));
    const succeeded = signed.filter((row) => row.length > 0);
    const mixed = single ? succeeded.map(([only]) => only as Measured) : scalarise(succeeded, weights);
    let next = 0;
    return all.map(({ params, outcome }, i) => {
      const margins = "failed" in outcome || !outcome.margins ? {} : { margins: outcome.margins };
      return signed[i]?.length === 0 ? { params, value: null } : { params, ...(mixed[next++] as Measured), ...margins };
    });
  }

  private check(params: Params): void {
    for (const dimension of this.space.dimensions) {
      const value = params[dimension.name];
      if (this.space.holds(dimension, value)) continue;
      throw new LlmopsError(
        "INVALID_ARGUMENT",
        `The setting to try first has ${dimension.name} = ${String(value)}, which is not in the space.`,
        { hint: "Give every parameter of the search a value within its range." },
      );
    }
  }
}

function measuresOf(outcome: TrialOutcome): readonly Measured[] {
  if ("failed" in outcome) return [];
  return "values" in outcome ? outcome.values : [outcome];
}

function toUsable(outcome: TrialOutcome): TrialOutcome {
  const wrong = measuresOf(outcome).find(({ value }) => !isScore(value));
  return wrong ? { failed: `the objective is ${String(wrong.value)}` } : outcome;
}
