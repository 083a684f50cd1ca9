import { vocabularySize } from "../models/model-facts.js";
import { estimateMemory } from "../models/memory-estimate.js";
import type { ModelFile } from "../models/model-file.js";
import { modelIdentity } from "../models/model-identity.js";
import { EndTokens } from "./end-tokens.js";
import type { EngineOptions } from "./engine-options.js";
import type { GenerationContext } from "./generation-context.js";
import { JsonGrammars } from "./json-grammar.js";
import { createAdaptedContext, loadModel, type LoadedModel, type LoadOptions } from "./load-llama.js";
import { availableCores } from "./machine.js";
import { memoryShapeOf } from "./memory-shape.js";
import { promptBuilderOf, templateTag } from "./model-templates.js";
import { NativeContext } from "./native-context.js";
import { fixedThreads, measureThreads, type StepThreads } from "./step-threads.js";
import { TokenBytes } from "./token-bytes.js";

/** A LoRA adapter to put on a model. */
export interface EngineAdapter {
  name: string;
  file: ModelFile;
  /** How much of it is added; 1 is all. */
  scale: number;
}

/** What an engine is put together of. */
export interface EngineParts {
  loaded: LoadedModel;
  native: NativeContext;
  /** What a model and its adapters have in common. */
  shared: Omit<GenerationContext, "scheduler" | "native" | "breakers">;
  options: EngineOptions;
  sizes: LoadOptions;
  /** Threads for what learns by itself: the answers of a model, those with an adapter, embeddings. */
  makeThreads: () => StepThreads;
  name: string;
  location: string;
  identity: string;
  memoryBytes: number;
  /** The adapter on it. */
  adapter?: string;
  /** Gives back what this engine alone holds. */
  free: () => Promise<void>;
}

/**
 * Loads a model and measures which thread counts suit it. Throws OUT_OF_MEMORY (before loading, with what would fit), GPU_UNAVAILABLE,
 * MODEL_INVALID or MODEL_LOAD_FAILED.
 */
export async function loadParts(file: ModelFile, requested: EngineOptions): Promise<EngineParts> {
  const options = requested.deterministic ? { ...requested, slots: 1 } : requested;
  const cores = options.threads ?? availableCores();
  const shape = memoryShapeOf(file.header, options);
  const sizes: LoadOptions = { ...options, threads: cores, shape };
  const loaded = await loadModel(file, sizes);
  try {
    const endTokens = new EndTokens(loaded.model, vocabularySize(file.header));
    const native = NativeContext.open(loaded.model, loaded.context);
    const measured = options.threads === undefined && !options.deterministic && loaded.llama.gpu === false;
    const makeThreads = measured ? await measureThreads(native, cores, options.slots) : () => fixedThreads(cores);
    const bytes = new TokenBytes(loaded.model);
    const shared = {
      prompts: promptBuilderOf(file, loaded, { options, bytes }),
      grammars: new JsonGrammars(loaded.llama, loaded.model),
      bytes,
      contextSize: loaded.contextSize,
      queueLimit: options.queueLimit ?? Infinity,
      vocabularySize: vocabularySize(file.header),
      endTokens,
    };
    return {
      ...{ loaded, native, shared, options, sizes, makeThreads, name: file.name, location: file.path },
      identity: (await modelIdentity(file)) + templateTag(shared.prompts.templates, options),
      memoryBytes: estimateMemory(file.header, file.sizeBytes, shape).total,
      free: () => loaded.llama.dispose(),
    };
  } catch (error) {
    await loaded.llama.dispose();
    throw error;
  }
}

/** The parts of the same model with a LoRA adapter: it shares the weights. Throws OUT_OF_MEMORY or MODEL_LOAD_FAILED. */
export async function adaptParts(file: ModelFile, parts: EngineParts, adapter: EngineAdapter): Promise<EngineParts> {
  const { cache, compute } = estimateMemory(file.header, 0, parts.sizes.shape);
  const { context, contextSize } = await createAdaptedContext(parts.loaded, parts.sizes, { ...adapter, base: file });
  try {
    const loaded = { ...parts.loaded, context, contextSize };
    const native = NativeContext.open(loaded.model, context);
    return {
      ...{ ...parts, loaded, native, adapter: adapter.name, name: `${parts.name}:${adapter.name}`, location: adapter.file.path },
      identity: `${parts.identity}+${await modelIdentity(adapter.file)}*${adapter.scale}`,
      memoryBytes: cache + compute + adapter.file.sizeBytes,
      free: () => context.dispose(),
    };
  } catch (error) {
    await context.dispose();
    throw error;
  }
}
