import { ENGINE_KEYS, ENGINE_PARAMETERS, type EngineChoice } from "../../lib/base/config/engine-parameters.js";
import { LlmopsError } from "../../lib/base/errors/llmops-error.js";
import type { EngineOptions } from "../../lib/inference/engine/engine-options.js";

/** The options of an engine with so many slots. Throws INVALID_ARGUMENT for choices that exclude each other. */
export function toEngineOptions(choice: EngineChoice, slots: number): EngineOptions {
  if (choice.cacheType === "q8_0" && choice.flashAttention === false) {
    throw new LlmopsError("INVALID_ARGUMENT", "--cache-type q8_0 needs flash attention, which --no-flash-attn turns off.", {
      hint: "Leave one of them out.",
    });
  }
  const chosen = ENGINE_KEYS.filter((key) => ENGINE_PARAMETERS[key].of === "engine").flatMap((key) => {
    const value = choice[key] ?? ENGINE_PARAMETERS[key].default;
    // the engine finds threads itself where it is told none
    return value === undefined || (key === "threads" && value === "auto") ? [] : [[key, value] as const];
  });
  return { ...(Object.fromEntries(chosen) as unknown as EngineOptions), slots };
}
