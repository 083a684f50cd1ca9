import { normalCdf } from "../../base/math/normal.js";
import { createRandom, deriveSeed, type Random } from "../../base/math/random.js";
import { isKept, rankSeen } from "./best-seen.js";
import { evenPoint } from "./even-sampler.js";
import type { Observation, Proposal, Recommendation, Sampler, SamplerDefinition, SearchState } from "./sampler.js";
import type { Point, SearchSpace } from "./space.js";

/** The share of trials that count as good, at most so many (Bergstra et al. 2011; Watanabe 2023, arXiv 2304.11127). */
const GOOD = 0.15;
const MOST_GOOD = 25;
const CANDIDATES = 48;
/** The weight of the prior, in trials. */
const PRIOR = 1;

export interface TpeOptions {
  seed: number;
  startUp: number;
}

/**
 * The tree-structured Parzen estimator, over all dimensions together: proposes where good settings are dense and others are not.
 * For many trials, where a Gaussian process would be slow.
 */
export class TpeSampler implements Sampler {
  private readonly space: SearchSpace;
  private readonly options: TpeOptions;

  constructor(space: SearchSpace, options: TpeOptions) {
    this.space = space;
    this.options = options;
  }

  ask({ observations, pending }: SearchState): Proposal {
    const { seed, startUp } = this.options;
    const count = observations.length + pending.length;
    if (count < startUp || observations.length < 2) return { params: this.space.decode(evenPoint(this.space, count, seed)) };
    const random = createRandom(deriveSeed(seed, "tpe", count));
    const ranked = [...observations].sort((a, b) => valueOf(b) - valueOf(a)).map(({ params }) => this.space.encode(params));
    const split = Math.min(MOST_GOOD, Math.ceil(GOOD * ranked.length));
    const good = new Parzen(this.space, ranked.slice(0, split));
    const others = new Parzen(this.space, [...ranked.slice(split), ...pending.map((params) => this.space.encode(params))]);
    let best: { point: Point; ratio: number } | undefined;
    for (let i = 0; i < CANDIDATES; i++) {
      const point = this.space.snap(good.draw(random));
      const ratio = good.logDensity(point) - others.logDensity(point);
      if (best === undefined || ratio > best.ratio) best = { point, ratio };
    }
    return { params: this.space.decode(best?.point ?? evenPoint(this.space, count, seed)) };
  }

  rank(observations: readonly Observation[], among?: number): Recommendation[] {
    return rankSeen(observations, among);
  }
}

/** `tpe`. */
export const tpeSampler: SamplerDefinition = {
  name: "tpe",
  about: "a tree-structured Parzen estimator, for many trials",
  create: (space, { seed, startUp }) => new TpeSampler(space, { seed, startUp }),
};

/** A density around points: a truncated normal distribution about each number, most weight on each category; and the even one as a prior. */
class Parzen {
  private readonly space: SearchSpace;
  private readonly points: readonly Point[];
  private readonly widths: readonly number[];

  constructor(space: SearchSpace, points: readonly Point[]) {
    this.space = space;
    this.points = points;
    // Scott's rule, and wide as long as there are few points
    const shrink = Math.max(1, points.length) ** (-1 / (space.size + 4));
    this.widths = space.dimensions.map((_, i) =>
      Math.max(0.5 / Math.min(100, 1 + points.length), shrink * spreadOf(points.map((point) => point[i] ?? 0))),
    );
  }

  draw(random: Random): Point {
    const index = Math.floor(random() * (this.points.length + PRIOR));
    const center = this.points[index];
    if (!center) return this.space.fromUniform(this.space.dimensions.map(() => random()));
    return center.map((place, i) => {
      if (this.space.isCategorical(i)) return random() < this.stays(i) ? place : Math.floor(random() * this.space.levelsOf(i));
      for (;;) {
        const moved = place + (this.widths[i] ?? 1) * gaussian(random);
        if (moved >= 0 && moved <= 1) return moved;
      }
    });
  }

  logDensity(point: Point): number {
    const levels = point.reduce((product, _, i) => (this.space.isCategorical(i) ? product * this.space.levelsOf(i) : product), 1);
    const total = this.points.reduce((sum, center) => sum + this.kernel(center, point), PRIOR / levels);
    return Math.log(total / (this.points.length + PRIOR));
  }

  private kernel(center: Point, point: Point): number {
    return point.reduce((density, place, i) => density * this.alongOne(i, center[i] ?? 0, place), 1);
  }

  private alongOne(i: number, center: number, place: number): number {
    if (this.space.isCategorical(i)) {
      const others = (1 - this.stays(i)) / this.space.levelsOf(i);
      return place === center ? this.stays(i) + others : others;
    }
    const width = this.widths[i] ?? 1;
    const inside = normalCdf((1 - center) / width) - normalCdf(-center / width);
    const z = (place - center) / width;
    return Math.exp((-z * z) / 2) / (width * Math.sqrt(2 * Math.PI) * inside);
  }

  /** How often a category is kept. */
  private stays(i: number): number {
    return this.points.length / (this.points.length + this.space.levelsOf(i));
  }
}

function spreadOf(values: readonly number[]): number {
  const center = values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
  const spread = Math.sqrt(values.reduce((sum, value) => sum + (value - center) ** 2, 0) / Math.max(1, values.length));
  return Math.min(0.5, spread > 0 ? spread : 0.2);
}

function gaussian(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** What broke a constraint counts as failed. */
function valueOf({ value, margins }: Observation): number {
  return value !== null && isKept(margins) ? value : -Infinity;
}
