import type { ThreadState } from "./step-threads.js";

export const GPU_CHOICES = ["auto", "cuda", "vulkan", "metal", "off"] as const;
export const CACHE_TYPES = ["f32", "f16", "q8_0"] as const;
/** Bytes of one cached number; blocks are 32 bytes with a 16-bit scale. */
export const CACHE_ELEMENT_BYTES = { f32: 4, f16: 2, q8_0: 34 / 32 } as const;

/** How an engine is sized and what it computes with; what is absent is chosen from the machine and the model. */
export interface EngineOptions {
  /** Requests that run at the same time. */
  slots: number;
  /** Tokens of prompt and completion together, per slot; the model's own limit when it is lower. */
  contextSize: number;
  /** Requests that may wait for a slot; without limit when absent. */
  queueLimit?: number;
  /** Compute threads; when absent they are measured at start, and follow what steps take. */
  threads?: number;
  /** Tokens evaluated in one step, 32 or more; 512 when absent. */
  batchSize?: number;
  gpu?: (typeof GPU_CHOICES)[number];
  flashAttention?: boolean;
  /** How the cache keeps keys and values: 32-bit or 16-bit floats, or 8-bit blocks that take about half of those. */
  cacheType?: (typeof CACHE_TYPES)[number];
  /** The same request and seed give the same bytes: one request at a time, nothing reused from earlier ones. */
  deterministic?: boolean;
  signal?: AbortSignal;
}

/** The engine as it is running: for logs, `/health` and benchmarks. */
export interface EngineState {
  slots: number;
  busySlots: number;
  queuedRequests: number;
  contextSize: number;
  /** Compute threads for one answer, for several at once, and for prompts, as they are now. */
  threads: ThreadState;
  gpu: string;
  deterministic: boolean;
}

/** The model as it was loaded: for the run that records the load, and for monitoring. */
export interface EngineFacts {
  architecture: string;
  parameters: number;
  /** How most weights are kept, such as "Q8_0". */
  quantization: string;
  fileBytes: number;
  /** Weights, contexts and working memory, as estimated from the file. */
  memoryBytes: number;
}

/** Memory of the graphics card in bytes. */
export interface GpuMemory {
  total: number;
  used: number;
}
