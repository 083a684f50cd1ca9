import { createRandom, deriveSeed, type Random } from "../../math/random.js";
import { minimise } from "../../math/minimise.js";
import { sliceSweep } from "../../math/slice-sampler.js";
import { evenPoint } from "../even-sampler.js";
import type { Observation, Proposal, Recommendation, Sampler, SearchState } from "../sampler.js";
import type { Params, Point, SearchSpace } from "../space.js";
import { logAcquisition, toIncumbents } from "./acquisition.js";
import { boundOf, logFeasibility, type ConstraintModel } from "./feasibility.js";
import { GaussianProcess } from "./gaussian-process.js";
import { Hyperposterior } from "./hyperposterior.js";
import { unflatten } from "./kernel.js";
import { maximise } from "./maximise.js";
import { POWERS, scaleOutputs, type OutputScale } from "./output-scale.js";
import { toTrainingSet, type TrainingSet } from "./training-set.js";

/** How much work a fit is worth: models drawn from the posterior of hyperparameters, and steps towards the likeliest ones. */
interface Effort {
  models: number;
  /** First guess of how wide their hyperparameters lie, in standard deviations of the priors. */
  width: number;
  fit: { steps: number; tolerance: number };
  /** Of other output scales, from where the first ended. */
  refit: { steps: number; tolerance: number };
}
/** By the number of trials: with many the posterior is narrow, and a step costs more, by their cube. */
const EFFORTS: readonly (Effort & { upTo: number })[] = [
  { upTo: 40, models: 6, width: 1, fit: { steps: 40, tolerance: 1e-3 }, refit: { steps: 10, tolerance: 1e-2 } },
  { upTo: 70, models: 3, width: 0.4, fit: { steps: 16, tolerance: 1e-2 }, refit: { steps: 5, tolerance: 1e-1 } },
  { upTo: Infinity, models: 2, width: 0.4, fit: { steps: 12, tolerance: 1e-2 }, refit: { steps: 4, tolerance: 1e-1 } },
];
/** Models that candidates are first looked at with. */
const ROUGH_MODELS = 2;
const BURN_IN = 1;
/** A transformed scale has to explain the data better by this, in nats. */
const HANDICAP = 1;
/** How many of the settings believed best are searched around. */
const LOOKED_AROUND = 4;
/** The logarithm of a probability of one half: from there a setting counts as keeping the constraints. */
const LIKELY = Math.log(0.5);
/** Of an acquisition value, so that its exponential stays a number. */
const LARGE = 50;

export interface GpOptions {
  seed: number;
  /** Even points before the first model. */
  startUp: number;
}

/** Data on the scale it is modelled on, with the models. */
interface Fitted {
  scale: OutputScale;
  data: TrainingSet;
  models: GaussianProcess[];
}

/**
 * Bayesian optimisation with Gaussian processes: Matern 5/2 with a length-scale for each dimension, noise measured and learnt,
 * hyperparameters integrated over, augmented expected improvement.
 */
export class GpSampler implements Sampler {
  private readonly space: SearchSpace;
  private readonly options: GpOptions;
  private readonly beliefs: Hyperposterior;

  constructor(space: SearchSpace, options: GpOptions) {
    this.space = space;
    this.options = options;
    this.beliefs = new Hyperposterior(space);
  }

  ask({ observations, pending }: SearchState): Proposal {
    const count = observations.length + pending.length;
    const random = createRandom(deriveSeed(this.options.seed, "gp", count));
    const succeeded = observations.filter(({ value }) => value !== null);
    if (count < this.options.startUp || succeeded.length < 2) {
      return { params: this.space.decode(evenPoint(this.space, count, this.options.seed)) };
    }
    const fitted = this.fit(observations, random);
    const constraints = this.constraintsOf(observations);
    const models = pending.length === 0 ? fitted.models : this.withPending(fitted, pending);
    const { points, noise } = fitted.data;
    const kept = points.filter((point) => logFeasibility(constraints, point) >= LIKELY);
    const measured = noise.reduce((sum, value) => sum + value, 0) / noise.length;
    const incumbents = toIncumbents(models, kept.length > 0 ? kept : points, measured);
    const [first] = models;
    const near = this.likeliest(models, kept.length > 0 ? kept : points);
    const distance = (a: Point, b: Point) => first?.squaredDistance(a, b) ?? 1;
    // while nothing keeps the constraints, only whether a setting might counts
    const scoreBy = (own: typeof incumbents) => (point: Point, gradient?: Float64Array) => {
      const gain = kept.length > 0 ? logAcquisition(own, point, gradient) : (gradient?.fill(0), 0);
      return gain + logFeasibility(constraints, point, gradient);
    };
    const rough = scoreBy(incumbents.slice(0, ROUGH_MODELS));
    const { point, value } = maximise(this.space, scoreBy(incumbents), { random, rough, near, distance });
    const { scale } = fitted;
    const best = Math.max(...incumbents.map((incumbent) => incumbent.best));
    const improvement = scale.back(best + Math.exp(Math.min(value, LARGE))) - scale.back(best);
    return { params: this.space.decode(point), ...(kept.length > 0 && { improvement }) };
  }

  rank(observations: readonly Observation[], among = observations.length): Recommendation[] {
    const tried = observations.slice(0, among).flatMap(({ value, se }, index) => (value === null ? [] : [{ value, se, index }]));
    if (observations.filter(({ value }) => value !== null).length < 2) {
      return tried.map(({ index, value, se = 0 }) => ({ index, mean: value, sd: se }));
    }
    const random = createRandom(deriveSeed(this.options.seed, "recommend", observations.length));
    const { models, scale, data } = this.fit(observations, random);
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
    const { models, scale } = this.fit(observations, random);
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
      const { theta } = this.mostLikely(data, this.beliefs.centre, effortFor(data).fit);
      return { model: new GaussianProcess(this.space, data, unflatten(theta)), bound: boundOf(scale) };
    });
  }

  /** Models of the data so far; a trial that failed counts as one as bad as the worst. */
  private fit(observations: readonly Observation[], random: Random): Fitted {
    const points = observations.map(({ params }) => this.space.encode(params));
    const worst = Math.min(...observations.flatMap(({ value }) => (value === null ? [] : [value])));
    const values = observations.map(({ value }) => value ?? worst);
    const errors = observations.map(({ se }) => se);
    const fits = POWERS.map((power) => {
      const scale = scaleOutputs(values, errors, power);
      return { scale, data: toTrainingSet(this.space, points, scale.values, scale.noise), power };
    });
    const [plain, ...others] = fits as [(typeof fits)[number], ...typeof fits];
    const effort = effortFor(plain.data);
    let best = { ...plain, ...this.mostLikely(plain.data, this.beliefs.centre, effort.fit) };
    const start = best.theta;
    let bar = best.density + plain.scale.logJacobian + HANDICAP;
    for (const other of others) {
      const found = this.mostLikely(other.data, start, effort.refit);
      const evidence = found.density + other.scale.logJacobian;
      if (evidence > bar) [best, bar] = [{ ...other, ...found }, evidence];
    }
    return { scale: best.scale, data: best.data, models: this.drawModels(best.data, best.theta, random) };
  }

  private mostLikely(data: TrainingSet, start: Float64Array, options: Effort["fit"]): { theta: Float64Array; density: number } {
    const objective = (theta: Float64Array, gradient: Float64Array) => {
      const density = this.beliefs.logDensity(theta, data, gradient);
      for (let i = 0; i < gradient.length; i++) gradient[i] = -(gradient[i] as number);
      return -density;
    };
    const { point, value } = minimise(objective, start, this.beliefs.box, options);
    return { theta: point, density: -value };
  }

  private drawModels(data: TrainingSet, start: Float64Array, random: Random): GaussianProcess[] {
    const theta = Float64Array.from(start);
    const { models: count, width } = effortFor(data);
    const widths = Float64Array.from(this.beliefs.priors, ({ sd }) => sd * width);
    const logDensity = (point: Float64Array) => this.beliefs.logDensity(point, data);
    const models: GaussianProcess[] = [];
    for (let sweep = 0; sweep < BURN_IN + count; sweep++) {
      sliceSweep(logDensity, theta, { widths, random });
      if (sweep >= BURN_IN) models.push(new GaussianProcess(this.space, data, unflatten(theta)));
    }
    return models;
  }

  /** Each model as if what is pending had come out as it believes (kriging believer, Ginsbourger et al. 2010). */
  private withPending({ models, data }: Fitted, pending: readonly Params[]): GaussianProcess[] {
    const points = pending.map((params) => this.space.encode(params));
    return models.map((model) => model.believing(data, points));
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

function effortFor({ points }: TrainingSet): Effort {
  return EFFORTS.find(({ upTo }) => points.length <= upTo) as Effort;
}
