import { deriveSeed } from "../../base/math/random.js";
import type { SamplingParameters } from "../openai/completion.js";
import type { NativeSamplerConfig } from "./native-context.js";

/** llama.cpp takes this seed for "random". */
const RANDOM_SEED = 0xffff_ffff;

/** A fresh seed for a request that brings none. */
export function randomSeed(): number {
  return Math.floor(Math.random() * RANDOM_SEED);
}

/** The seed of one of several choices: the request's own for the first, streams of their own for the others. */
export function choiceSeed(seed: number, choice: number): number {
  const own = choice === 0 ? seed : deriveSeed(seed, "choice", choice);
  return own === RANDOM_SEED ? deriveSeed(seed, "not random") % RANDOM_SEED : own;
}

/**
 * llama.cpp's sampler settings for a request. What is absent keeps the model's own distribution, as the
 * OpenAI API has it (temperature 1, nothing cut off); neutral steps are left out of the chain, because each
 * costs a pass over the vocabulary. Penalties count the completion's own tokens.
 */
export function toSamplerConfig(request: SamplingParameters, seed: number, biases: ReadonlyMap<number, number>): NativeSamplerConfig {
  const { temperature = 1, topP = 1, topK = 0, minP = 0 } = request;
  const config: NativeSamplerConfig = { ...toPenalties(request), ...toBiases(biases), temperature, seed };
  if (temperature <= 0) return config;
  if (topK > 0) config.topK = topK;
  if (topP < 1) config.topP = topP;
  if (minP > 0) config.minP = minP;
  return config;
}

function toPenalties({ frequencyPenalty = 0, presencePenalty = 0, repeatPenalty = 1, maxTokens }: SamplingParameters): NativeSamplerConfig {
  if (frequencyPenalty === 0 && presencePenalty === 0 && repeatPenalty === 1) return {};
  return {
    repeatPenalty,
    repeatPenaltyFrequencyPenalty: frequencyPenalty,
    repeatPenaltyPresencePenalty: presencePenalty,
    repeatPenaltyMaxTokens: Math.max(1, maxTokens ?? 1),
    repeatPenaltyTokens: new Uint32Array(0),
  };
}

function toBiases(biases: ReadonlyMap<number, number>): NativeSamplerConfig {
  if (biases.size === 0) return {};
  return { tokenBiasKeys: Uint32Array.from(biases.keys()), tokenBiasValues: Float32Array.from(biases.values()) };
}
