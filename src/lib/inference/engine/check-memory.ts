import { LlmopsError } from "../../base/errors/llmops-error.js";
import { formatSize } from "../models/format-size.js";
import { estimateMemory, type MemoryShape } from "../models/memory-estimate.js";
import type { ModelFile } from "../models/model-file.js";

/** Left for the rest of the process and for what an estimate cannot know. */
const RESERVE_BYTES = 256 * 1024 * 1024;
const SMALLEST_CONTEXT = 512;

/**
 * Refuses a model that will not fit into memory before any of it is loaded. Throws OUT_OF_MEMORY with the
 * numbers and the largest context or number of slots that would fit.
 */
export function checkMemory(file: ModelFile, shape: MemoryShape, availableBytes: number): void {
  const need = estimateMemory(file.header, file.sizeBytes, shape);
  const room = availableBytes - RESERVE_BYTES;
  if (need.total <= room) return;
  const parts = `${formatSize(need.weights)} for weights, ${formatSize(need.cache)} for the context of ${shape.slots} x ${shape.contextSize} tokens, ${formatSize(need.compute)} to compute`;
  throw new LlmopsError(
    "OUT_OF_MEMORY",
    `${file.path} needs ${formatSize(need.total)} of memory (${parts}), but ${formatSize(Math.max(0, room))} can be used.`,
    {
      hint: whatWouldFit(shape, need.cachePerToken, room - need.weights - need.compute),
    },
  );
}

function whatWouldFit({ slots, contextSize }: MemoryShape, cachePerToken: number, roomForCache: number): string {
  const tokens = Math.floor(roomForCache / Math.max(1, cachePerToken));
  const fits: string[] = [];
  const context = Math.floor(tokens / slots / 256) * 256;
  if (context >= SMALLEST_CONTEXT && context < contextSize) fits.push(`--ctx-size ${context}`);
  const fewer = Math.floor(tokens / contextSize);
  if (fewer >= 1 && fewer < slots) fits.push(`--slots ${fewer}`);
  if (fits.length > 0) return `It fits with ${fits.join(" or ")}.`;
  return "Use a smaller or more strongly quantized model (a Q4_K_M file has about half the size of Q8_0).";
}
