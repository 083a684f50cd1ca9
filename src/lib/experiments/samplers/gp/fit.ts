import { minimize, type MinimizeOptions } from "../../../base/math/minimize.js";
import type { Random } from "../../../base/math/random.js";
import { sliceSweep } from "../../../base/math/slice-sampler.js";
import type { Observation } from "../sampler.js";
import type { SearchSpace } from "../space.js";
import { GaussianProcess } from "./gaussian-process.js";
import { Hyperposterior } from "./hyperposterior.js";
import { matern, squaredExponential, unflatten } from "./kernel.js";
import { POWERS, scaleOutputs, type OutputScale } from "./output-scale.js";
import { toTrainingSet, type TrainingSet } from "./training-set.js";

/** How much work a fit is worth: models drawn from the posterior of hyperparameters, and steps towards the likeliest ones. */
interface Effort {
  models: number;
  /** First guess of how wide their hyperparameters lie, in standard deviations of the priors. */
  width: number;
  fit: MinimizeOptions;
  /** With another kernel or output scale, from where the first ended. */
  refit: MinimizeOptions;
}

/** By the number of trials: with many the posterior is narrow, and a step costs more, by their cube. */
const EFFORTS: readonly (Effort & { upTo: number })[] = [
  { upTo: 40, models: 6, width: 1, fit: { steps: 40, tolerance: 1e-3 }, refit: { steps: 10, tolerance: 1e-2 } },
  { upTo: 70, models: 3, width: 0.4, fit: { steps: 16, tolerance: 1e-2 }, refit: { steps: 5, tolerance: 1e-1 } },
  { upTo: Infinity, models: 2, width: 0.4, fit: { steps: 12, tolerance: 1e-2 }, refit: { steps: 4, tolerance: 1e-1 } },
];
const BURN_IN = 1;
/** A transformed scale has to explain the data better by this, in nats. */
const HANDICAP = 1;
/** From this share of noise in the variance seen on, data cannot tell bends from noise: half of the models are smooth. */
const NOISY = 1e-3;

/** Data on the scale it is modeled on, with models drawn from what is believed of their hyperparameters. */
export interface Fitted {
  scale: OutputScale;
  data: TrainingSet;
  models: GaussianProcess[];
}

/** Likeliest hyperparameters, with the logarithm of their density. */
interface Likeliest {
  beliefs: Hyperposterior;
  theta: Float64Array;
  density: number;
}

/** Models of the data so far; a trial that failed counts as one as bad as the worst. */
export function fitModels(space: SearchSpace, observations: readonly Observation[], random: Random): Fitted {
  const points = observations.map(({ params }) => space.encode(params));
  const worst = Math.min(...observations.flatMap(({ value }) => (value === null ? [] : [value])));
  const values = observations.map(({ value }) => value ?? worst);
  const errors = observations.map(({ se }) => se);
  const onScale = (power: number) => {
    const scale = scaleOutputs(values, errors, power);
    return { scale, data: toTrainingSet(space, points, scale.values, scale.noise) };
  };
  const plain = onScale(1);
  const effort = effortFor(plain.data);
  const [first, ...others] = chooseKernels(space, plain.data, effort);
  let best = { ...plain, ...first };
  let bar = first.density + plain.scale.logJacobian + HANDICAP;
  for (const power of POWERS.filter((one) => one !== 1)) {
    const other = onScale(power);
    const found = mostLikely(first.beliefs, other.data, first.theta, effort.refit);
    const evidence = found.density + other.scale.logJacobian;
    if (evidence > bar) [best, bar] = [{ ...other, ...found }, evidence];
  }
  const { scale, data } = best;
  const starts = [best, ...others];
  const models = starts.flatMap((start, k) => {
    const count = Math.ceil((effort.models - k) / starts.length);
    return drawModels(space, data, start, { count, width: effort.width, random });
  });
  return { scale, data, models };
}

/** A model with its likeliest hyperparameters. */
export function likeliestModel(space: SearchSpace, data: TrainingSet): GaussianProcess {
  const beliefs = new Hyperposterior(space, matern);
  const { theta } = mostLikely(beliefs, data, beliefs.center, effortFor(data).fit);
  return new GaussianProcess(space, data, unflatten(theta, matern));
}

/** The kernels that the data leave possible, the one to choose the output scale by first, with their likeliest hyperparameters. */
function chooseKernels(space: SearchSpace, data: TrainingSet, { fit, refit }: Effort): [Likeliest, ...Likeliest[]] {
  const bent = new Hyperposterior(space, matern);
  const found = mostLikely(bent, data, bent.center, fit);
  const measured = data.noise.reduce((sum, value) => sum + value, 0) / data.noise.length;
  if (Math.exp(unflatten(found.theta, matern).noise) + measured < NOISY) return [found];
  return [mostLikely(new Hyperposterior(space, squaredExponential), data, found.theta, refit), found];
}

function mostLikely(beliefs: Hyperposterior, data: TrainingSet, start: Float64Array, options: MinimizeOptions): Likeliest {
  const objective = (theta: Float64Array, gradient: Float64Array) => {
    const density = beliefs.logDensity(theta, data, gradient);
    for (let i = 0; i < gradient.length; i++) gradient[i] = -(gradient[i] as number);
    return -density;
  };
  const { point, value } = minimize(objective, start, beliefs.box, options);
  return { beliefs, theta: point, density: -value };
}

function drawModels(
  space: SearchSpace,
  data: TrainingSet,
  { beliefs, theta: start }: Likeliest,
  { count, width, random }: { count: number; width: number; random: Random },
): GaussianProcess[] {
  const theta = Float64Array.from(start);
  const widths = Float64Array.from(beliefs.priors, ({ sd }) => sd * width);
  const logDensity = (point: Float64Array) => beliefs.logDensity(point, data);
  const models: GaussianProcess[] = [];
  for (let sweep = 0; sweep < BURN_IN + count; sweep++) {
    sliceSweep(logDensity, theta, { widths, random });
    if (sweep >= BURN_IN) models.push(new GaussianProcess(space, data, unflatten(theta, beliefs.kernel)));
  }
  return models;
}

function effortFor({ points }: TrainingSet): Effort {
  return EFFORTS.find(({ upTo }) => points.length <= upTo) as Effort;
}
