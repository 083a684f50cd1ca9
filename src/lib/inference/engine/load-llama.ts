import type { Llama, LlamaContext, LlamaModel } from "node-llama-cpp";
import { LlmopsError, messageOf } from "../../base/errors/llmops-error.js";
import type { MemoryShape } from "../models/memory-estimate.js";
import { invalid, type ModelFile } from "../models/model-file.js";
import { checkMemory } from "./check-memory.js";
import type { EngineOptions } from "./engine-options.js";
import { availableMemoryBytes } from "./machine.js";

/** A model and its context, ready to evaluate. */
export interface LoadedModel {
  llama: Llama;
  model: LlamaModel;
  context: LlamaContext;
  /** Tokens of one slot. */
  contextSize: number;
}

export interface LoadOptions extends EngineOptions {
  /** Most compute threads a step uses. */
  threads: number;
  /** The sizes the memory is estimated for; the context is made with them. */
  shape: MemoryShape;
}

/**
 * Starts llama.cpp, loads the model and creates its context. The library is imported here, so that
 * commands that need no model start quickly. Throws GPU_UNAVAILABLE, MODEL_INVALID, OUT_OF_MEMORY or
 * MODEL_LOAD_FAILED with llama.cpp's own reason.
 */
export async function loadModel(file: ModelFile, options: LoadOptions): Promise<LoadedModel> {
  const reasons: string[] = [];
  const llama = await startLlama(options, (line) => void reasons.push(line));
  try {
    const { signal, shape } = options;
    // with a GPU the library itself decides what goes where
    if (llama.gpu === false) checkMemory(file, shape, availableMemoryBytes());
    const model = await llama.loadModel({ modelPath: file.path, ...(signal ? { loadSignal: signal } : {}) });
    return { llama, model, ...(await createContext(model, options)) };
  } catch (cause) {
    await llama.dispose();
    throw loadError(file, cause, reasons);
  }
}

/** A context of a model, with an adapter if there is one. */
export async function createContext(
  model: LlamaModel,
  { shape, threads, flashAttention, cacheType, signal }: LoadOptions,
  adapter?: { filePath: string; scale: number },
): Promise<Pick<LoadedModel, "context" | "contextSize">> {
  const contextSize = Math.min(shape.contextSize, model.trainContextSize);
  const context = await model.createContext({
    sequences: shape.slots,
    contextSize,
    batchSize: shape.batchSize,
    threads,
    flashAttention: flashAttention ?? "auto",
    ...cacheTypes(cacheType),
    ...(adapter && { lora: { adapters: [adapter] } }),
    ...(signal ? { createSignal: signal } : {}),
  });
  return { context, contextSize };
}

/** A further context of a loaded model, with an adapter. Throws OUT_OF_MEMORY, or MODEL_LOAD_FAILED with the library's reason. */
export async function createAdaptedContext(
  { model, llama }: LoadedModel,
  options: LoadOptions,
  { base, file, scale }: { base: ModelFile; file: ModelFile; scale: number },
): Promise<Pick<LoadedModel, "context" | "contextSize">> {
  // the weights are there already
  if (llama.gpu === false) checkMemory({ ...base, sizeBytes: file.sizeBytes }, options.shape, availableMemoryBytes());
  try {
    return await createContext(model, options, { filePath: file.path, scale });
  } catch (cause) {
    throw loadError(file, cause, []);
  }
}

/** 16-bit floats are the library's own choice. */
function cacheTypes(type: EngineOptions["cacheType"] = "f16"): Record<string, "F32" | "Q8_0"> {
  if (type === "f16") return {};
  const name = type === "f32" ? "F32" : "Q8_0";
  return { experimentalKvCacheKeyType: name, experimentalKvCacheValueType: name };
}

/** Starts llama.cpp. Throws GPU_UNAVAILABLE or MODEL_LOAD_FAILED. */
export async function startLlama(
  { gpu = "auto", threads, signal }: Pick<LoadOptions, "gpu" | "threads" | "signal">,
  onLine: (line: string) => void,
): Promise<Llama> {
  const { getLlama, LlamaLogLevel, NoBinaryFoundError } = await import("node-llama-cpp");
  try {
    const llama = await getLlama({
      gpu: gpu === "off" ? false : gpu,
      build: "never",
      skipDownload: true,
      progressLogs: false,
      maxThreads: threads,
      logLevel: LlamaLogLevel.error,
      logger: (_level, message) => onLine(message.trim()),
    });
    if (gpu === "auto" || gpu === "off" || llama.gpu === gpu) return llama;
    await llama.dispose();
  } catch (cause) {
    // Ctrl+C also reaches the process in which the library is tried, and what that says then is not the reason
    signal?.throwIfAborted();
    if (gpu === "auto" || gpu === "off" || !(cause instanceof NoBinaryFoundError)) {
      throw new LlmopsError("MODEL_LOAD_FAILED", `llama.cpp could not be started: ${messageOf(cause)}`, {
        hint: "Run `npm ci` again: the prebuilt llama.cpp library for this platform may be missing.",
        cause,
      });
    }
  }
  throw new LlmopsError("GPU_UNAVAILABLE", `This machine cannot compute with ${gpu}.`, {
    hint: "Use --gpu auto, which takes a GPU where there is one, or --gpu off.",
  });
}

function loadError(file: ModelFile, cause: unknown, reasons: string[]): unknown {
  if (cause instanceof LlmopsError || (cause instanceof Error && cause.name === "AbortError")) return cause;
  if (isOutOfMemory(cause)) return outOfMemory(cause);
  const reason = reasons.find((line) => line !== "") ?? messageOf(cause);
  if (/alloc|out of memory/i.test(reason)) return outOfMemory(cause instanceof Error ? cause : new Error(reason));
  if (/tensor|gguf|magic|vocab|architecture/i.test(reason)) return invalid(file.path, `cannot be loaded: ${reason}`, cause);
  return new LlmopsError("MODEL_LOAD_FAILED", `The model ${file.path} could not be loaded: ${reason}.`, {
    hint: "Check that the file is complete and that its architecture is supported by llama.cpp.",
    cause,
  });
}

/** Whether the library refused something for want of memory. */
export function isOutOfMemory(cause: unknown): cause is Error {
  return cause instanceof Error && cause.constructor.name === "InsufficientMemoryError";
}

/** An OUT_OF_MEMORY error from the library's own. */
export function outOfMemory(cause: Error): LlmopsError {
  return new LlmopsError("OUT_OF_MEMORY", `Not enough memory: ${cause.message}`, {
    hint: "Use a smaller or more strongly quantized model, fewer slots, or a smaller context.",
    cause,
  });
}
