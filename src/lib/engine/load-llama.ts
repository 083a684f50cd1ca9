import { availableParallelism } from "node:os";
import type { Llama, LlamaModel } from "node-llama-cpp";
import { LlmopsError, messageOf } from "../errors/llmops-error.js";
import { invalid, type ModelFile } from "../models/model-file.js";

/** Below this size the work per token is so small that a second thread costs more than it gives. */
const ONE_THREAD_BELOW_BYTES = 64 * 1024 * 1024;

/** How many compute threads suit a model on this machine. */
export function chooseThreads(sizeBytes: number): number {
  return sizeBytes < ONE_THREAD_BELOW_BYTES ? 1 : availableParallelism();
}

/**
 * Starts llama.cpp and loads the model. The library is imported here, so that commands that need
 * no model start quickly. Throws MODEL_INVALID, OUT_OF_MEMORY or MODEL_LOAD_FAILED with llama.cpp's own reason.
 */
export async function loadLlama(file: ModelFile, threads: number, signal?: AbortSignal): Promise<{ llama: Llama; model: LlamaModel }> {
  const { getLlama, LlamaLogLevel } = await import("node-llama-cpp");
  const reasons: string[] = [];
  const llama = await getLlama({
    gpu: "auto",
    build: "never",
    skipDownload: true,
    progressLogs: false,
    maxThreads: threads,
    logLevel: LlamaLogLevel.error,
    logger: (_level, message) => void reasons.push(message.trim()),
  }).catch((cause: unknown) => {
    throw new LlmopsError("MODEL_LOAD_FAILED", `llama.cpp could not be started: ${messageOf(cause)}`, {
      hint: "Run `npm ci` again: the prebuilt llama.cpp library for this platform may be missing.",
      cause,
    });
  });
  try {
    const model = await llama.loadModel({ modelPath: file.path, ...(signal ? { loadSignal: signal } : {}) });
    return { llama, model };
  } catch (cause) {
    await llama.dispose();
    throw loadError(file, cause, reasons);
  }
}

function loadError(file: ModelFile, cause: unknown, reasons: string[]): unknown {
  if (cause instanceof Error && cause.name === "AbortError") return cause;
  if (cause instanceof Error && cause.constructor.name === "InsufficientMemoryError") {
    return outOfMemory(cause);
  }
  const reason = reasons.find((line) => line !== "") ?? messageOf(cause);
  if (/tensor|gguf|magic|vocab|architecture/i.test(reason)) return invalid(file.path, `cannot be loaded: ${reason}`, cause);
  return new LlmopsError("MODEL_LOAD_FAILED", `The model ${file.path} could not be loaded: ${reason}.`, {
    hint: "Check that the file is complete and that its architecture is supported by llama.cpp.",
    cause,
  });
}

/** An OUT_OF_MEMORY error from the library's own. */
export function outOfMemory(cause: Error): LlmopsError {
  return new LlmopsError("OUT_OF_MEMORY", `Not enough memory: ${cause.message}`, {
    hint: "Use a smaller or more strongly quantised model, fewer slots, or a smaller context.",
    cause,
  });
}
