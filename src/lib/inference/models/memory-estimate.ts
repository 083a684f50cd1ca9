import { z } from "zod";
import type { GgufHeader } from "./gguf-header.js";
import { architectureNumber, architectureOf, vocabularySize } from "./model-facts.js";

/** More than llama.cpp loads (llama-hparams.h, LLAMA_MAX_LAYERS is 512). */
const MOST_LAYERS = 1024;

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

/** Bytes of the largest tensor of the cache: the keys, or the values, of one layer for all slots. */
export function largestCacheTensorBytes(header: GgufHeader, shape: MemoryShape): number {
  const { kvHeads, keyWidth, valueWidth } = cacheLayers(header);
  return Math.max(0, ...kvHeads) * Math.max(keyWidth, valueWidth) * shape.cacheElementBytes * shape.contextSize * shape.slots;
}

/** Numbers kept for every token of context, over all layers. */
function cacheElementsPerToken(header: GgufHeader): number {
  const { kvHeads, keyWidth, valueWidth } = cacheLayers(header);
  return kvHeads.reduce((sum, heads) => sum + heads, 0) * (keyWidth + valueWidth);
}

/** What the layers keep for every token: key-value heads of each, and the width of a head's key and value. */
function cacheLayers(header: GgufHeader): { kvHeads: number[]; keyWidth: number; valueWidth: number } {
  const heads = architectureNumber(header, "attention.head_count");
  const headWidth = heads > 0 ? architectureNumber(header, "embedding_length") / heads : 0;
  const keyWidth = architectureNumber(header, "attention.key_length") || headWidth;
  const valueWidth = architectureNumber(header, "attention.value_length") || headWidth;
  const perLayer = header.metadata.get(`${architectureOf(header)}.attention.head_count_kv`);
  if (Array.isArray(perLayer)) return { kvHeads: perLayer.map(Number), keyWidth, valueWidth };
  // a header may claim any number of layers
  const layers = Math.min(architectureNumber(header, "block_count"), MOST_LAYERS);
  return { kvHeads: Array.from({ length: layers }, () => (perLayer === undefined ? heads : Number(perLayer))), keyWidth, valueWidth };
}
