import { logExpectedMaximum } from "../../../base/math/expected-maximum.js";
import { logImprovement } from "../../../base/math/improvement.js";
import type { Point } from "../space.js";
import type { GaussianProcess } from "./gaussian-process.js";

/** A model with what its acquisition needs. */
export interface Incumbent {
  model: GaussianProcess;
  /** Which of the settings seen may be recommended, and the means there. */
  eligible: readonly number[];
  means: Float64Array;
  /** The best of them. */
  best: number;
  /** The noise variance a new trial would have. */
  noise: number;
}

/** What each model believes of the settings that may be recommended. `measured` is the usual noise variance that was measured. */
export function toIncumbents(models: readonly GaussianProcess[], isEligible: (index: number) => boolean, measured: number): Incumbent[] {
  return models.map((model) => {
    const fitted = model.fitted;
    const eligible = [...fitted.keys()].filter(isEligible);
    const means = Float64Array.from(eligible, (i) => fitted[i] as number);
    return { model, eligible, means, best: Math.max(...means), noise: model.noiseVariance + measured };
  });
}

/**
 * The logarithm of the knowledge gradient over the settings tried and this one (Scott, Frazier and Powell 2011, SIAM J. Optim. 21),
 * averaged over models: by how much a trial here is expected to raise the mean of what would be recommended. Without noise it is
 * expected improvement. With a gradient by numeric dimensions if asked.
 */
export function logAcquisition(incumbents: readonly Incumbent[], point: Point, gradient?: Float64Array): number {
  return logMean(
    incumbents.map((incumbent) => knowledgeAt(incumbent, point, gradient !== undefined)),
    gradient,
  );
}

/** The same but for what a trial teaches of other settings, for a quick look: augmented expected improvement (Huang et al. 2006). */
export function roughAcquisition(incumbents: readonly Incumbent[], point: Point): number {
  return logMean(
    incumbents.map(({ model, best, noise }) => {
      const { mean, variance } = model.predict(point);
      const sd = Math.sqrt(variance);
      // 1 - sn / sqrt(v + sn^2), without the cancellation of small variances
      const total = Math.sqrt(variance + noise);
      const news = variance / (total * (total + Math.sqrt(noise)));
      return { value: Math.log(sd) + logImprovement((mean - best) / sd).value + Math.log(news) };
    }),
  );
}

interface Part {
  value: number;
  slope?: Float64Array | undefined;
}

/** The logarithm of the mean of what the parts are logarithms of, with its gradient. */
function logMean(parts: readonly Part[], gradient?: Float64Array): number {
  const most = Math.max(...parts.map(({ value }) => value));
  gradient?.fill(0);
  if (most === -Infinity) return most;
  const weights = parts.map(({ value }) => Math.exp(value - most));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  if (gradient) {
    for (const [i, { slope }] of parts.entries()) {
      for (let j = 0; j < gradient.length; j++)
        gradient[j] = (gradient[j] as number) + ((weights[i] as number) / total) * (slope?.[j] ?? 0);
    }
  }
  return most + Math.log(total / parts.length);
}

function knowledgeAt({ model, eligible, means, best, noise }: Incumbent, point: Point, withSlope: boolean): Part {
  const belief = model.predictJointly(point);
  const total = belief.variance + noise;
  const sd = Math.sqrt(total);
  const own = eligible.length;
  // after a trial here that comes out Z standard deviations above its mean, each mean will have moved by b Z
  const a = new Float64Array(own + 1);
  const b = new Float64Array(own + 1);
  a.set(means);
  for (let k = 0; k < own; k++) b[k] = (belief.shared[eligible[k] as number] as number) / sd;
  a[own] = belief.mean;
  b[own] = belief.variance / sd;
  const { value, byHeight, bySlope } = logExpectedMaximum(a, b, best, withSlope);
  if (!withSlope || value === -Infinity) return { value };
  const shared = new Float64Array(belief.shared.length);
  let spread = (bySlope[own] as number) * b[own];
  for (let k = 0; k < own; k++) {
    shared[eligible[k] as number] = (bySlope[k] as number) / sd;
    spread += (bySlope[k] as number) * (b[k] as number);
  }
  const weights = { mean: byHeight[own] as number, variance: (bySlope[own] as number) / sd - spread / (2 * total), shared };
  return { value, slope: model.gradientOf(weights, point, belief) };
}
