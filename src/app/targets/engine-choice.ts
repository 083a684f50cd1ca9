import { LlmopsError } from "../../lib/base/errors/llmops-error.js";
import type { CACHE_TYPES, EngineOptions, GPU_CHOICES } from "../../lib/inference/engine/engine-options.js";

/** How the engine in this process is sized, where nobody says otherwise. */
export const ENGINE_DEFAULTS = { contextSize: 2048, batchSize: 512, gpu: "auto", cacheType: "f16" } as const;

/** How the engine in this process is sized. */
export interface EngineChoice {
  /** Context of each request, in tokens. */
  contextSize?: number | undefined;
  /** Compute threads; "auto" measures what is fastest. */
  threads?: number | "auto" | undefined;
  /** Tokens evaluated in one step. */
  batchSize?: number | undefined;
  gpu?: (typeof GPU_CHOICES)[number] | undefined;
  /** Undefined turns it on where it works. */
  flashAttention?: boolean | undefined;
  cacheType?: (typeof CACHE_TYPES)[number] | undefined;
  /** The same request and seed give the same bytes. */
  deterministic?: boolean | undefined;
}

/** The options of an engine with so many slots. Throws INVALID_ARGUMENT for choices that exclude each other. */
export function toEngineOptions(choice: EngineChoice, slots: number): EngineOptions {
  if (choice.cacheType === "q8_0" && choice.flashAttention === false) {
    throw new LlmopsError("INVALID_ARGUMENT", "--cache-type q8_0 needs flash attention, which --no-flash-attn turns off.", {
      hint: "Leave one of them out.",
    });
  }
  return {
    slots,
    contextSize: choice.contextSize ?? ENGINE_DEFAULTS.contextSize,
    batchSize: choice.batchSize ?? ENGINE_DEFAULTS.batchSize,
    gpu: choice.gpu ?? ENGINE_DEFAULTS.gpu,
    cacheType: choice.cacheType ?? ENGINE_DEFAULTS.cacheType,
    deterministic: choice.deterministic ?? false,
    ...(typeof choice.threads === "number" && { threads: choice.threads }),
    ...(choice.flashAttention === undefined ? {} : { flashAttention: choice.flashAttention }),
  };
}
