import { createRandom, deriveSeed, type Random } from "../../../base/math/random.js";
import { evenPoint } from "../even-sampler.js";
import type { Observation, Proposal, Recommendation, Sampler, SamplerDefinition, SearchState } from "../sampler.js";
import type { Params, Point, SearchSpace } from "../space.js";
import { logAcquisition, roughAcquisition, toIncumbents } from "./acquisition.js";
import { boundOf, logFeasibility, type ConstraintModel } from "./feasibility.js";
import { fitModels, likeliestModel } from "./fit.js";
import type { GaussianProcess } from "./gaussian-process.js";
import { maximize, type Scored } from "./maximize.js";
import { scaleOutputs } from "./output-scale.js";
import { toTrainingSet, type TrainingSet } from "./training-set.js";

/** Models that candidates are first looked at with. */
const ROUGH_MODELS = 2;
/** How many of the settings believed best are searched around. */
const LOOKED_AROUND = 4;
/** The logarithm of a probability of one half: from there a setting counts as keeping the constraints. */
const LIKELY = Math.log(0.5);
/** The logarithm of a gain, in standard deviations of the values seen, that nobody would search for. */
const NEGLIGIBLE = Math.log(3e-4);
/** With no more than that in sight, each such trial looks for what the models overlook: as if all changed within shorter distances. */
const DOUBT_EVERY = 3;
const DOUBT = 0.4;
/** Of an acquisition value, so that its exponential stays a number. */
const LARGE = 50;

export interface GpOptions {
  seed: number;
  /** Even points before the first model. */
  startUp: number;
}

/** What a search goes by, beside models of the objective. */
interface Goal {
  constraints: readonly ConstraintModel[];
  /** Whether any setting seen probably keeps them. */
  anyKept: boolean;
  /** Which settings seen, or pending, may be recommended. */
  isEligible: (index: number) => boolean;
  points: readonly Point[];
  /** The usual noise variance that was measured. */
  measured: number;
}

/**
 * Bayesian optimization with Gaussian processes: Matern 5/2, or squared exponential where there is noise, with a length-scale for each
 * dimension, noise measured and learnt, hyperparameters integrated over, and the knowledge gradient.
 */
export class GpSampler implements Sampler {
  private readonly space: SearchSpace;
  private readonly options: GpOptions;

  constructor(space: SearchSpace, options: GpOptions) {
    this.space = space;
    this.options = options;
  }

  ask({ observations, pending }: SearchState): Proposal {
    const count = observations.length + pending.length;
    const random = createRandom(deriveSeed(this.options.seed, "gp", count));
    const succeeded = observations.filter(({ value }) => value !== null);
    if (count < this.options.startUp || succeeded.length < 2) {
      return { params: this.space.decode(evenPoint(this.space, count, this.options.seed)) };
    }
    const { scale, data, models: fitted } = fitModels(this.space, observations, random);
    const points = pending.map((params) => this.space.encode(params));
    // what is pending counts as if it had come out as each model believes (kriging believer, Ginsbourger et al. 2010)
    const models = points.length === 0 ? fitted : fitted.map((model) => model.believing(points));
    const goal = this.goalOf(data, this.constraintsOf(observations));
    const { point, value, best } = this.search(models, goal, random);
    const doubtful = value < NEGLIGIBLE && count % DOUBT_EVERY === 0;
    const found = doubtful ? this.search(models.map((model) => model.stretched(DOUBT)), goal, random).point : point; // prettier-ignore
    const improvement = scale.back(best + Math.exp(Math.min(value, LARGE))) - scale.back(best);
    return { params: this.space.decode(found), ...(goal.anyKept && { improvement }) };
  }

  rank(observations: readonly Observation[], among = observations.length): Recommendation[] {
    const tried = observations.slice(0, among).flatMap(({ value, se }, index) => (value === null ? [] : [{ value, se, index }]));
    if (observations.filter(({ value }) => value !== null).length < 2) {
      return tried.map(({ index, value, se = 0 }) => ({ index, mean: value, sd: se }));
    }
    const random = createRandom(deriveSeed(this.options.seed, "recommend", observations.length));
    const { models, scale, data } = fitModels(this.space, observations, random);
    const constraints = this.constraintsOf(observations);
    const believed = tried.map(({ index }) => {
      const point = data.points[index] as Point;
      return { index, ...mixtureAt(models, point), feasible: Math.min(LIKELY, logFeasibility(constraints, point)) };
    });
    // first what probably keeps the constraints, by its mean; then the others, by how probably they do
    believed.sort((a, b) => b.feasible - a.feasible || b.mean - a.mean);
    return believed.map(({ index, mean, sd }) => {
      const [low, high] = [scale.back(mean - sd), scale.back(mean + sd)];
      return { index, mean: scale.back(mean), sd: (high - low) / 2 };
    });
  }

  /** What is believed of any setting, in the objective's units; undefined below two observations. */
  surface(observations: readonly Observation[]): ((params: Params) => { mean: number; low: number; high: number }) | undefined {
    if (observations.filter(({ value }) => value !== null).length < 2) return undefined;
    const random = createRandom(deriveSeed(this.options.seed, "surface", observations.length));
    const { models, scale } = fitModels(this.space, observations, random);
    return (params) => {
      const { mean, sd } = mixtureAt(models, this.space.encode(params));
      return { mean: scale.back(mean), low: scale.back(mean - 1.96 * sd), high: scale.back(mean + 1.96 * sd) };
    };
  }

  /** A model for every constraint, with its likeliest hyperparameters. */
  private constraintsOf(observations: readonly Observation[]): ConstraintModel[] {
    const seen = observations.filter(({ margins }) => margins !== undefined);
    const count = seen[0]?.margins?.length ?? 0;
    if (seen.length < 2) return [];
    const points = seen.map(({ params }) => this.space.encode(params));
    return Array.from({ length: count }, (_, k) => {
      const scale = scaleOutputs(
        seen.map(({ margins }) => margins?.[k]?.value ?? 0),
        seen.map(({ margins }) => margins?.[k]?.se),
        1,
      );
      const data = toTrainingSet(this.space, points, scale.values, scale.noise);
      return { model: likeliestModel(this.space, data), bound: boundOf(scale) };
    });
  }

  private goalOf({ points, noise }: TrainingSet, constraints: readonly ConstraintModel[]): Goal {
    const kept = points.map((point) => logFeasibility(constraints, point) >= LIKELY);
    const anyKept = kept.includes(true);
    const measured = noise.reduce((sum, value) => sum + value, 0) / noise.length;
    // of what is pending nobody knows yet whether it keeps the constraints
    return { constraints, anyKept, isEligible: (index) => !anyKept || (kept[index] ?? true), points, measured };
  }

  /** The setting that is worth most to try, by what models believe; while nothing keeps the constraints, only whether it might counts. */
  private search(models: readonly GaussianProcess[], goal: Goal, random: Random): Scored & { best: number } {
    const { constraints, anyKept, isEligible, points, measured } = goal;
    const incumbents = toIncumbents(models, isEligible, measured);
    const score = (point: Point, gradient?: Float64Array) => {
      const gain = anyKept ? logAcquisition(incumbents, point, gradient) : (gradient?.fill(0), 0);
      return gain + logFeasibility(constraints, point, gradient);
    };
    const few = incumbents.slice(0, ROUGH_MODELS);
    const rough = (point: Point) => (anyKept ? roughAcquisition(few, point) : 0) + logFeasibility(constraints, point);
    const near = this.likeliest(models, points.filter((_, index) => isEligible(index))); // prettier-ignore
    const distance = (a: Point, b: Point) => models[0]?.squaredDistance(a, b) ?? 1;
    const found = maximize(this.space, score, { random, rough, near, distance });
    return { ...found, best: Math.max(...incumbents.map(({ best }) => best)) };
  }

  private likeliest(models: readonly GaussianProcess[], points: readonly Point[]): Point[] {
    const ranked = points.map((point) => ({ point, mean: mixtureAt(models, point).mean })).sort((a, b) => b.mean - a.mean);
    return ranked.slice(0, LOOKED_AROUND).map(({ point }) => point);
  }
}

/** Mean and standard deviation over models, each with its own uncertainty. */
function mixtureAt(models: readonly GaussianProcess[], point: Point): { mean: number; sd: number } {
  const beliefs = models.map((model) => model.predict(point));
  const mean = beliefs.reduce((sum, belief) => sum + belief.mean, 0) / beliefs.length;
  const variance = beliefs.reduce((sum, belief) => sum + belief.variance + (belief.mean - mean) ** 2, 0) / beliefs.length;
  return { mean, sd: Math.sqrt(variance) };
}

/** `gp`. */
export const gpSampler: SamplerDefinition = {
  name: "gp",
  about: "a Gaussian process that knows how exactly each trial was measured",
  create: (space, { seed, startUp }) => new GpSampler(space, { seed, startUp }),
};
