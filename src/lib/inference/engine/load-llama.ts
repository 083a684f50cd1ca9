import type { Llama, LlamaContext, LlamaModel } from "node-llama-cpp";
import { LlmopsError, messageOf } from "../../base/errors/llmops-error.js";
import type { MemoryShape } from "../models/memory-estimate.js";
import { invalid, type ModelFile } from "../models/model-file.js";
import { checkCardMemory, checkMemory } from "./check-memory.js";
import { chooseCard } from "./choose-card.js";
import type { EngineOptions } from "./engine-options.js";
import { withoutAbortedMessages } from "./library-messages.js";
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
    const onCard = llama.gpu === false ? 0 : (await llama.getVramState()).free;
    checkMemory(file, shape, onCard + availableMemoryBytes());
    const model = await llama.loadModel({ modelPath: file.path, ...(signal ? { loadSignal: signal } : {}) });
    await checkCard(file, shape, { llama, model });
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
  else await checkCard(base, options.shape, { llama, model });
  try {
    return await createContext(model, options, { filePath: file.path, scale });
  } catch (cause) {
    throw loadError(file, cause, []);
  }
}

/** Refuses a context that the card cannot hold beside the weights. Throws OUT_OF_MEMORY. */
async function checkCard(file: ModelFile, shape: MemoryShape, { llama, model }: Pick<LoadedModel, "llama" | "model">): Promise<void> {
  if (llama.gpu === false) return;
  const { free: freeBytes } = await llama.getVramState();
  checkCardMemory(file, shape, { gpu: llama.gpu, freeBytes, share: model.gpuLayers / model.fileInsights.totalLayers });
}

/** 16-bit floats are the library's own choice. */
function cacheTypes(type: EngineOptions["cacheType"] = "f16"): Record<string, "F32" | "Q8_0"> {
  if (type === "f16") return {};
  const name = type === "f32" ? "F32" : "Q8_0";
  return { experimentalKvCacheKeyType: name, experimentalKvCacheValueType: name };
}

/** Starts llama.cpp, with a card that was seen to compute. Throws GPU_UNAVAILABLE or MODEL_LOAD_FAILED. */
export async function startLlama(
  { gpu = "auto", threads, signal, onNote }: Pick<LoadOptions, "gpu" | "threads" | "signal" | "onNote">,
  onLine: (line: string) => void,
): Promise<Llama> {
  const card = await chooseCard({ gpu, signal, onNote });
  const { getLlama, LlamaLogLevel } = await import("node-llama-cpp");
  try {
    return await withoutAbortedMessages(signal, () =>
      getLlama({
        gpu: card,
        build: "never",
        skipDownload: true,
        progressLogs: false,
        maxThreads: threads,
        logLevel: LlamaLogLevel.error,
        logger: (_level, message) => onLine(message.trim()),
      }),
    );
  } catch (cause) {
    // Ctrl+C also reaches the process in which the library is tried, and what that says then is not the reason
    signal?.throwIfAborted();
    throw new LlmopsError("MODEL_LOAD_FAILED", `llama.cpp could not be started: ${messageOf(cause)}`, {
      hint: "Run `npm ci` again: the prebuilt llama.cpp library for this platform may be missing.",
      cause,
    });
  }
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
