import type { SequenceEvaluateOptions, Token } from "node-llama-cpp";
import type { SamplingParameters } from "../openai/completion.js";

/** What an absent setting means: the model's own distribution, as the OpenAI API has it. */
const DEFAULTS = { temperature: 1, topP: 1, topK: 0, minP: 0 };

/**
 * The sampler options of one request. `generated` is read as tokens come, for the penalties.
 * A request without a seed gets a random one: the library's own default repeats within a second.
 */
export function toEvaluateOptions(request: SamplingParameters, generated: readonly Token[]): SequenceEvaluateOptions {
  const options: SequenceEvaluateOptions = {
    temperature: request.temperature ?? DEFAULTS.temperature,
    topP: request.topP ?? DEFAULTS.topP,
    topK: request.topK ?? DEFAULTS.topK,
    minP: request.minP ?? DEFAULTS.minP,
    seed: request.seed ?? Math.floor(Math.random() * 0x1_0000_0000),
  };
  const { frequencyPenalty = 0, presencePenalty = 0 } = request;
  if (frequencyPenalty !== 0 || presencePenalty !== 0) {
    options.repeatPenalty = { punishTokens: () => [...generated], penalty: 1, frequencyPenalty, presencePenalty };
  }
  return options;
}
