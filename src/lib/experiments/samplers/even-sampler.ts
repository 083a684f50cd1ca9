import { createRandom, deriveSeed } from "../../base/math/random.js";
import { rankSeen } from "./best-seen.js";
import type { Observation, Proposal, Recommendation, Sampler, SamplerDefinition, SearchState } from "./sampler.js";
import { MOST_SOBOL_DIMENSIONS, Sobol } from "./sobol.js";
import type { Point, SearchSpace } from "./space.js";

/** The point with that index of a scrambled Sobol sequence, or a random one where there are too many dimensions for one. */
export function evenPoint(space: SearchSpace, index: number, seed: number): Point {
  if (space.size > MOST_SOBOL_DIMENSIONS) {
    const random = createRandom(deriveSeed(seed, "random", index));
    return space.fromUniform(space.dimensions.map(() => random()));
  }
  const sobol = new Sobol(space.size, createRandom(deriveSeed(seed, "sobol")));
  for (let i = 0; i < index; i++) sobol.next();
  return space.fromUniform(sobol.next());
}

/** Tries settings without learning from them: evenly over the space, or at random. */
export class EvenSampler implements Sampler {
  private readonly space: SearchSpace;
  private readonly options: { seed: number; random: boolean };

  constructor(space: SearchSpace, options: { seed: number; random: boolean }) {
    this.space = space;
    this.options = options;
  }

  ask({ observations, pending }: SearchState): Proposal {
    const { seed, random } = this.options;
    const index = observations.length + pending.length;
    if (!random) return { params: this.space.decode(evenPoint(this.space, index, seed)) };
    const stream = createRandom(deriveSeed(seed, "random", index));
    return { params: this.space.decode(this.space.fromUniform(this.space.dimensions.map(() => stream()))) };
  }

  rank(observations: readonly Observation[], among?: number): Recommendation[] {
    return rankSeen(observations, among);
  }
}

/** `sobol`. */
export const sobolSampler: SamplerDefinition = {
  name: "sobol",
  about: "evenly over the space, without learning",
  create: (space, { seed }) => new EvenSampler(space, { seed, random: false }),
};

/** `random`. */
export const randomSampler: SamplerDefinition = {
  name: "random",
  about: "at random, without learning",
  create: (space, { seed }) => new EvenSampler(space, { seed, random: true }),
};
