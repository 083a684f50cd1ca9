import type { ENGINE_PARAMETERS, EngineChoice } from "../../base/config/engine-parameters.js";
import type { ThreadState } from "./step-threads.js";

/** Bytes of one cached number; blocks are 32 bytes with a 16-bit scale. */
export const CACHE_ELEMENT_BYTES = { f32: 4, f16: 2, q8_0: 34 / 32 } as const;

type EngineKey = {
  [Key in keyof typeof ENGINE_PARAMETERS]: (typeof ENGINE_PARAMETERS)[Key]["of"] extends "engine" ? Key : never;
}[keyof typeof ENGINE_PARAMETERS];

/** Every parameter that sizes the engine; absent is what the engine chooses from the machine and the model. */
type Sizes = { [Key in EngineKey]?: Exclude<EngineChoice[Key], undefined | (Key extends "threads" ? "auto" : never)> };

/** How an engine is sized and what it computes with, by the table of its parameters. */
export interface EngineOptions extends Sizes {
  slots: number;
  contextSize: number;
  /** Requests that may wait for a slot; without limit when absent. */
  queueLimit?: number;
  signal?: AbortSignal;
  /** Hears what whoever loads the model should know, such as of a graphics card that is passed over. */
  onNote?: (note: string) => void;
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

/** What one slot of the engine is doing. */
export interface SlotState {
  id: number;
  isProcessing: boolean;
  /** Of the answer it makes, or the last one: tokens of the prompt, those of them found in the cache, and tokens generated. */
  promptTokens: number;
  cachedTokens: number;
  generatedTokens: number;
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
