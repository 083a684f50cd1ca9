import { LlmopsError } from "../../base/errors/llmops-error.js";
import { formatSize } from "../models/format-size.js";
import { estimateMemory, largestCacheTensorBytes, type MemoryEstimate, type MemoryShape } from "../models/memory-estimate.js";
import type { ModelFile } from "../models/model-file.js";

/** Left for the rest of the process and for what an estimate cannot know. */
const RESERVE_BYTES = 256 * 1024 * 1024;
const SMALLEST_CONTEXT = 512;

/** ggml's Vulkan code binds a tensor as one storage buffer, whose range is a 32-bit number. */
const VULKAN_TENSOR_BYTES = 2 ** 32 - 1;

/** Memory of a graphics card before the context is made. */
export interface CardRoom {
  gpu: string;
  freeBytes: number;
  /** How much of the model's layers it holds, from 0 to 1: their cache is there too. */
  share: number;
}

/**
 * Refuses a model that will not fit into memory before any of it is loaded. Throws OUT_OF_MEMORY with the
 * numbers and the largest context or number of slots that would fit.
 */
export function checkMemory(file: ModelFile, shape: MemoryShape, availableBytes: number): void {
  refuseTooMuch(file, shape, {
    need: estimateMemory(file.header, file.sizeBytes, shape),
    room: availableBytes - RESERVE_BYTES,
    of: "memory",
  });
}

/**
 * Refuses a context that a card cannot hold, once the weights are there: llama.cpp ends the process instead. Throws OUT_OF_MEMORY with
 * what would fit.
 */
export function checkCardMemory(file: ModelFile, shape: MemoryShape, { gpu, freeBytes, share }: CardRoom): void {
  if (share <= 0) return;
  const { cache, compute, cachePerToken } = estimateMemory(file.header, 0, shape);
  const need = { weights: 0, cache: cache * share, compute, total: cache * share + compute, cachePerToken: cachePerToken * share };
  refuseTooMuch(file, shape, { need, room: freeBytes, of: `the card's memory (${gpu})` });
  const tensor = largestCacheTensorBytes(file.header, shape);
  if (gpu !== "vulkan" || tensor <= VULKAN_TENSOR_BYTES) return;
  const perToken = tensor / (shape.slots * shape.contextSize);
  throw new LlmopsError(
    "OUT_OF_MEMORY",
    `${file.path}: a layer's cache of ${shape.slots} x ${shape.contextSize} tokens takes ${formatSize(tensor)}, but llama.cpp's Vulkan code holds less than 4 GiB in one piece.`,
    { hint: whatWouldFit(shape, perToken, VULKAN_TENSOR_BYTES) },
  );
}

interface Demand {
  need: MemoryEstimate;
  /** Bytes there are for it. */
  room: number;
  /** What is short, in words. */
  of: string;
}

function refuseTooMuch({ path }: ModelFile, shape: MemoryShape, { need, room, of }: Demand): void {
  if (need.total <= room) return;
  const parts = [
    ...(need.weights > 0 ? [`${formatSize(need.weights)} for weights`] : []),
    `${formatSize(need.cache)} for the context of ${shape.slots} x ${shape.contextSize} tokens`,
    `${formatSize(need.compute)} to compute`,
  ];
  throw new LlmopsError(
    "OUT_OF_MEMORY",
    `${path} needs ${formatSize(need.total)} of ${of} (${parts.join(", ")}), but ${formatSize(Math.max(0, room))} can be used.`,
    { hint: whatWouldFit(shape, need.cachePerToken, room - need.weights - need.compute) },
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
