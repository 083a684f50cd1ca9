import { logNormalCdf } from "../../../base/math/improvement.js";
import type { Point } from "../space.js";
import type { GaussianProcess } from "./gaussian-process.js";
import type { OutputScale } from "./output-scale.js";

/** A model of by how much a constraint is kept. */
export interface ConstraintModel {
  model: GaussianProcess;
  /** The value on the model's scale from which the constraint is kept. */
  bound: number;
}

/** The model's value at which the constraint is just kept: the scale is linear. */
export function boundOf(scale: OutputScale): number {
  const [zero, one] = [scale.back(0), scale.back(1)];
  return -zero / (one - zero);
}

/** The logarithm of the probability that a setting keeps all constraints, as if they were independent (Gardner et al. 2014). Adds its gradient. */
export function logFeasibility(constraints: readonly ConstraintModel[], point: Point, gradient?: Float64Array): number {
  let total = 0;
  for (const { model, bound } of constraints) {
    const belief = model.predictJointly(point);
    const sd = Math.sqrt(belief.variance);
    const z = (belief.mean - bound) / sd;
    const { value, slope } = logNormalCdf(z);
    total += value;
    if (!gradient) continue;
    const change = model.gradientOf({ mean: slope / sd, variance: (-slope * z) / (2 * belief.variance) }, point, belief);
    for (let j = 0; j < gradient.length; j++) gradient[j] = (gradient[j] as number) + (change[j] as number);
  }
  return total;
}
