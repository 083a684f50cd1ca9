import { z } from "zod";
import type { GgufHeader } from "./gguf-header.js";
import { architectureNumber, architectureOf, vocabularySize } from "./model-facts.js";

export interface MemoryShape {
  slots: number;
  /** Tokens of one slot. */
  contextSize: number;
  batchSize: number;
  /** Bytes one cached number takes: 2 for 16-bit floats, 34/32 for 8-bit blocks. */
  cacheElementBytes: number;
}

export const memoryEstimateSchema = z.object({
  weights: z.number(),
  cache: z.number().describe("Keys and values of all slots."),
  compute: z.number().describe("Working memory of one step."),
  total: z.number(),
  cachePerToken: z.number(),
});

/** Bytes a running model needs. */
export type MemoryEstimate = z.infer<typeof memoryEstimateSchema>;

/**
 * What a model needs in memory, from its header alone: the weights as the file has them, a key and a value
 * for every layer and token, and the working memory of a batch, which the vocabulary dominates (llama.cpp v0.5.0
 * reports 9, 98 and 300 MiB for vocabularies of 4,096, 49,152 and 151,936; this gives 10, 100 and 307). Layers that
 * keep only a window, or a state instead of a cache, need less: the estimate is an upper bound.
 */
export function estimateMemory(header: GgufHeader, weightBytes: number, shape: MemoryShape): MemoryEstimate {
  const cachePerToken = cacheElementsPerToken(header) * shape.cacheElementBytes;
  const cache = cachePerToken * shape.contextSize * shape.slots;
  const width = architectureNumber(header, "embedding_length") + architectureNumber(header, "feed_forward_length");
  const compute = shape.batchSize * 4 * (vocabularySize(header) + width);
  return { weights: weightBytes, cache, compute, total: weightBytes + cache + compute, cachePerToken };
}

/** Numbers kept for every token of context, over all layers. */
function cacheElementsPerToken(header: GgufHeader): number {
  const heads = architectureNumber(header, "attention.head_count");
  const headWidth = heads > 0 ? architectureNumber(header, "embedding_length") / heads : 0;
  const keyWidth = architectureNumber(header, "attention.key_length") || headWidth;
  const valueWidth = architectureNumber(header, "attention.value_length") || headWidth;
  const layers = architectureNumber(header, "block_count");
  const perLayer = header.metadata.get(`${architectureOf(header)}.attention.head_count_kv`);
  const kvHeads = Array.isArray(perLayer)
    ? perLayer.reduce<number>((sum, n) => sum + Number(n), 0)
    : layers * (perLayer === undefined ? heads : Number(perLayer));
  return kvHeads * (keyWidth + valueWidth);
}
