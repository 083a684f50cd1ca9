import { LlmopsError } from "../errors/llmops-error.js";
import type { SamplingParameters } from "../openai/completion.js";

/** A sampling parameter that a study can vary. */
export interface ParameterSpec {
  field: keyof SamplingParameters;
  min: number;
  max: number;
  integer: boolean;
}

/** The parameters, by the name users and results write. */
export const PARAMETERS: Record<string, ParameterSpec> = {
  temperature: { field: "temperature", min: 0, max: 2, integer: false },
  top_p: { field: "topP", min: 1e-6, max: 1, integer: false },
  top_k: { field: "topK", min: 0, max: 1_000_000, integer: true },
  min_p: { field: "minP", min: 0, max: 1, integer: false },
  frequency_penalty: { field: "frequencyPenalty", min: -2, max: 2, integer: false },
  presence_penalty: { field: "presencePenalty", min: -2, max: 2, integer: false },
  max_tokens: { field: "maxTokens", min: 1, max: 1_000_000, integer: true },
};

/** The parameter of that name (dashes count as underscores). Throws UNKNOWN_PARAMETER with the ones there are. */
export function findParameter(name: string): { name: string; spec: ParameterSpec } {
  const known = name.replaceAll("-", "_").toLowerCase();
  const spec = Object.hasOwn(PARAMETERS, known) ? PARAMETERS[known] : undefined;
  if (spec) return { name: known, spec };
  throw new LlmopsError("UNKNOWN_PARAMETER", `There is no parameter "${name}" to sweep.`, {
    hint: `Parameters: ${Object.keys(PARAMETERS).join(", ")}.`,
  });
}
