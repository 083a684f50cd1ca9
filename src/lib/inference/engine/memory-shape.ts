import type { GgufHeader } from "../models/gguf-header.js";
import type { MemoryShape } from "../models/memory-estimate.js";
import { architectureNumber } from "../models/model-facts.js";
import { CACHE_ELEMENT_BYTES, type EngineOptions } from "./engine-options.js";

const BATCH_SIZE = 512;

/** The sizes an engine of a model has: what is absent filled in, and the context no longer than the model's. */
export function memoryShapeOf(header: GgufHeader, options: EngineOptions): MemoryShape {
  const { slots, batchSize = BATCH_SIZE, cacheType = "f16" } = options;
  return {
    slots,
    contextSize: Math.min(options.contextSize, architectureNumber(header, "context_length") || Infinity),
    batchSize: Math.max(batchSize, slots),
    cacheElementBytes: CACHE_ELEMENT_BYTES[cacheType],
  };
}
