import { logImprovement } from "../../math/improvement.js";
import type { Point } from "../space.js";
import type { GaussianProcess } from "./gaussian-process.js";

/** A model with what its acquisition needs. */
export interface Incumbent {
  model: GaussianProcess;
  /** The best mean it believes in at a setting that was tried. */
  best: number;
  /** The noise variance a new trial would have. */
  noise: number;
}

/** The best mean each model believes in at the points tried. `measured` is the usual noise variance that was measured. */
export function toIncumbents(models: readonly GaussianProcess[], tried: readonly Point[], measured: number): Incumbent[] {
  return models.map((model) => ({
    model,
    best: Math.max(...tried.map((point) => model.predict(point).mean)),
    noise: model.noiseVariance + measured,
  }));
}

/**
 * The logarithm of augmented expected improvement (Huang et al. 2006), averaged over models: improvement over the best mean, less
 * where another trial would only show noise. With a gradient by numeric dimensions if asked.
 */
export function logAcquisition(incumbents: readonly Incumbent[], point: Point, gradient?: Float64Array): number {
  const parts = incumbents.map((incumbent) =>
    gradient ? withGradient(incumbent, point) : { value: valueAt(incumbent, point), slope: undefined },
  );
  const most = Math.max(...parts.map(({ value }) => value));
  if (most === -Infinity) {
    gradient?.fill(0);
    return most;
  }
  const weights = parts.map(({ value }) => Math.exp(value - most));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  if (gradient) {
    gradient.fill(0);
    for (const [i, { slope }] of parts.entries()) {
      for (let j = 0; j < gradient.length; j++)
        gradient[j] = (gradient[j] as number) + ((weights[i] as number) / total) * (slope?.[j] ?? 0);
    }
  }
  return most + Math.log(total / parts.length);
}

function valueAt({ model, best, noise }: Incumbent, point: Point): number {
  const { mean, variance } = model.predict(point);
  const sd = Math.sqrt(variance);
  return Math.log(sd) + logImprovement((mean - best) / sd).value + Math.log(newsOf(variance, noise));
}

/** The share of what a trial would show that is not noise. */
function newsOf(variance: number, noise: number): number {
  // 1 - sn / sqrt(v + sn^2), without the cancellation of small variances
  const total = Math.sqrt(variance + noise);
  return variance / (total * (total + Math.sqrt(noise)));
}

function withGradient({ model, best, noise }: Incumbent, point: Point): { value: number; slope: Float64Array } {
  const { mean, variance, meanSlope, varianceSlope } = model.predictWithGradient(point);
  const sd = Math.sqrt(variance);
  const z = (mean - best) / sd;
  const improvement = logImprovement(z);
  const news = newsOf(variance, noise);
  const total = variance + noise;
  const newsSlope = Math.sqrt(noise) / (2 * total * Math.sqrt(total)) / news;
  const slope = meanSlope.map((change, j) => {
    const spread = (varianceSlope[j] as number) / (2 * sd);
    return spread / sd + (improvement.slope * (change - z * spread)) / sd + newsSlope * (varianceSlope[j] as number);
  });
  return { value: Math.log(sd) + improvement.value + Math.log(news), slope };
}
