import { createRandom, deriveSeed } from "../../base/math/random.js";
import { readOptions, splitChoice } from "../../base/registry/named-options.js";
import { Registry } from "../../base/registry/registry.js";
import { gridDefinition } from "./designs.js";
import { randomSampler, sobolSampler } from "./even-sampler.js";
import { gpSampler } from "./gp/gp-sampler.js";
import type { Sampler, SamplerContext, SamplerDefinition } from "./sampler.js";
import type { SearchSpace } from "./space.js";
import { tpeSampler } from "./tpe-sampler.js";

/** The samplers of llmops itself, the default first. */
export const BUILT_IN_SAMPLERS: Registry<SamplerDefinition> = new Registry<SamplerDefinition>("sampler", [
  gpSampler,
  tpeSampler,
  sobolSampler,
  randomSampler,
  gridDefinition,
]);

/** The sampler that `NAME` or `NAME:OPTIONS` means, over a space. Throws INVALID_ARGUMENT for an unknown one, or for wrong options. */
export function openSampler(
  written: string,
  space: SearchSpace,
  { seed, startUp }: Pick<SamplerContext, "seed" | "startUp">,
  samplers = BUILT_IN_SAMPLERS,
): Sampler {
  const { name, text } = splitChoice(written);
  const { options, ...definition } = samplers.get(name);
  const context: SamplerContext = { seed, startUp, random: (turn) => createRandom(deriveSeed(seed, name, turn)) };
  return definition.create(space, context, readOptions(`sampler "${name}"`, options, text));
}
