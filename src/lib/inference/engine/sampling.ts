import { deriveSeed } from "../../base/math/random.js";
import type { SamplingKey } from "../../base/config/sampling-parameters.js";
import { SAMPLER_STEPS, type SamplerStep, type SamplingParameters } from "../openai/completion.js";
import { hasDry, needsLogits } from "./adaptive-sampling.js";
import { toBiasConfig, type NativeSamplerConfig } from "./native-sampler.js";

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

/** DRY's usual breakers: repetitions of lines and quotes are counted anew. */
export const DRY_BREAKERS = ["\n", ":", '"', "*"];
/** The parameters of each step of the sampler. */
const STEP_KEYS: Record<SamplerStep, readonly SamplingKey[]> = {
  penalties: ["frequencyPenalty", "presencePenalty", "repeatPenalty"],
  dry: ["dryMultiplier"],
  top_n_sigma: ["topNSigma"],
  top_k: ["topK"],
  typ_p: ["typicalP"],
  top_p: ["topP"],
  min_p: ["minP"],
  xtc: ["xtcProbability"],
  temperature: ["temperature", "dynatempRange"],
};

/** A request without the parameters of steps that are not to act. */
export function withSteps<Request extends SamplingParameters>(request: Request): Request {
  const { samplers } = request;
  if (!samplers) return request;
  const off = SAMPLER_STEPS.filter((step) => !samplers.includes(step)).flatMap((step) => STEP_KEYS[step]);
  return Object.fromEntries(Object.entries(request).filter(([key]) => !off.includes(key as SamplingKey))) as Request;
}

/**
 * llama.cpp's sampler settings for a request. What is absent keeps the model's own distribution, as the
 * OpenAI API has it (temperature 1, nothing cut off); neutral steps are left out of the chain, because each
 * costs a pass over the vocabulary. Penalties count `counted`, tokens of the prompt, and the completion's own.
 */
export function toSamplerConfig(
  request: SamplingParameters,
  seed: number,
  biases: ReadonlyMap<number, number>,
  counted: readonly number[] = [],
): NativeSamplerConfig {
  const { temperature = 1 } = request;
  const plain: NativeSamplerConfig = { ...toBiasConfig(biases), temperature, seed };
  // the other steps are found token by token then
  if (needsLogits(request)) return plain;
  const config: NativeSamplerConfig = { ...plain, ...toPenalties(request, counted), ...toDry(request) };
  return temperature <= 0 ? config : { ...config, ...toCuts(request), ...toXtc(request) };
}

function toCuts({ topP = 1, topK = 0, minP = 0 }: SamplingParameters): NativeSamplerConfig {
  return { ...(topK > 0 && { topK }), ...(topP < 1 && { topP }), ...(minP > 0 && { minP }) };
}

function toXtc({ xtcProbability = 0, xtcThreshold = 0.1 }: SamplingParameters): NativeSamplerConfig {
  return xtcProbability > 0 ? { xtcProbability, xtcThreshold } : {};
}

function toPenalties(request: SamplingParameters, counted: readonly number[]): NativeSamplerConfig {
  const { frequencyPenalty = 0, presencePenalty = 0, repeatPenalty = 1, repeatLastN = -1, maxTokens = 1 } = request;
  if ((frequencyPenalty === 0 && presencePenalty === 0 && repeatPenalty === 1) || repeatLastN === 0) return {};
  return {
    repeatPenalty,
    repeatPenaltyFrequencyPenalty: frequencyPenalty,
    repeatPenaltyPresencePenalty: presencePenalty,
    repeatPenaltyMaxTokens: repeatLastN < 0 ? counted.length + Math.max(1, maxTokens) : repeatLastN,
    repeatPenaltyTokens: Uint32Array.from(repeatLastN < 0 ? counted : counted.slice(-repeatLastN)),
  };
}

function toDry(request: SamplingParameters): NativeSamplerConfig {
  const { dryMultiplier = 0, dryPenaltyLastN = -1, maxTokens = 1 } = request;
  if (!hasDry(request)) return {};
  return {
    dryRepeatPenaltyStrength: dryMultiplier,
    dryRepeatPenaltyBase: request.dryBase ?? 1.75,
    dryRepeatPenaltyAllowedLength: request.dryAllowedLength ?? 2,
    dryRepeatPenaltyLastTokens: dryPenaltyLastN < 0 ? Math.max(1, maxTokens) : dryPenaltyLastN,
    dryRepeatPenaltySequenceBreakers: [...(request.dryBreakers ?? DRY_BREAKERS)],
  };
}
