import { hasOrderedWorkers } from "../config/environment.js";
import { LlmopsError } from "../errors/llmops-error.js";
import { architectureOf, parameterCount, quantizationOf, vocabularySize } from "../models/model-facts.js";
import { estimateMemory } from "../models/memory-estimate.js";
import type { ModelFile } from "../models/model-file.js";
import { modelIdentity } from "../models/model-identity.js";
import type { Chunk, CompletionRequest } from "../openai/completion.js";
import type { CompletionTarget, OptionScores, OptionsRequest } from "../openai/completion-target.js";
import { calibrateThreads, threadsFor, type ThreadPlan } from "./calibrate-threads.js";
import { Embedder } from "./embedder.js";
import { EndTokens } from "./end-tokens.js";
import type { EngineFacts, EngineOptions, EngineState, GpuMemory } from "./engine-options.js";
import { Generation, type GenerationContext } from "./generation.js";
import { JsonGrammars } from "./json-grammar.js";
import { loadModel, type LoadedModel } from "./load-llama.js";
import { availableCores } from "./machine.js";
import { memoryShapeOf } from "./memory-shape.js";
import { NativeContext } from "./native-context.js";
import { scoreOptions } from "./option-scores.js";
import { PromptBuilder } from "./prompt-builder.js";
import { Scheduler } from "./scheduler.js";
import { TokenBytes } from "./token-bytes.js";

/** A GGUF model in this process: several slots over one llama.cpp context. */
export class Engine implements CompletionTarget {
  readonly sharesPrompts = true;
  readonly model: string;
  readonly location: string;
  readonly identity: string;
  readonly facts: EngineFacts;
  private readonly loaded: LoadedModel;
  private readonly options: EngineOptions;
  private readonly threads: ThreadPlan;
  private readonly scheduler: Scheduler;
  private readonly context: GenerationContext;
  private readonly embedder: Embedder;
  private readonly running = new Set<Promise<void>>();
  private closing: Promise<void> | undefined;

  /**
   * Loads a model and measures which thread counts suit it. Throws OUT_OF_MEMORY (before loading, with
   * what would fit), GPU_UNAVAILABLE, MODEL_INVALID or MODEL_LOAD_FAILED.
   */
  static async load(file: ModelFile, requested: EngineOptions): Promise<Engine> {
    const options = requested.deterministic ? { ...requested, slots: 1 } : requested;
    const cores = options.threads ?? availableCores();
    const shape = memoryShapeOf(file.header, options);
    const loaded = await loadModel(file, { ...options, threads: cores, shape });
    try {
      const endTokens = new EndTokens(loaded.model, vocabularySize(file.header));
      const native = NativeContext.open(loaded.model, loaded.context, { inOrder: hasOrderedWorkers() });
      const measured = options.threads === undefined && !options.deterministic;
      const threads = measured
        ? await calibrateThreads(native, cores, options.slots)
        : { single: cores, several: cores, prompt: cores, promptFrom: 1 };
      const memory = estimateMemory(file.header, file.sizeBytes, shape);
      const slotBytes = memory.cachePerToken * loaded.contextSize;
      const scheduler = new Scheduler(native, {
        slots: options.slots,
        batchSize: shape.batchSize,
        slotBytes,
        reusePrefixes: !options.deterministic,
        isEndToken: (token) => endTokens.has(token),
        threadsFor: (tokens) => threadsFor(threads, tokens),
      });
      const identity = await modelIdentity(file);
      return new Engine(file, { loaded, native, endTokens, scheduler, options, threads, identity, memoryBytes: memory.total });
    } catch (error) {
      await loaded.llama.dispose();
      throw error;
    }
  }

  private constructor(
    file: ModelFile,
    parts: {
      loaded: LoadedModel;
      native: NativeContext;
      endTokens: EndTokens;
      scheduler: Scheduler;
      options: EngineOptions;
      threads: ThreadPlan;
      identity: string;
      memoryBytes: number;
    },
  ) {
    const { loaded, native, endTokens, scheduler, options, threads } = parts;
    this.identity = parts.identity;
    this.model = file.name;
    this.location = file.path;
    this.facts = {
      architecture: architectureOf(file.header),
      parameters: parameterCount(file.header),
      quantization: quantizationOf(file.header),
      fileBytes: file.sizeBytes,
      memoryBytes: parts.memoryBytes,
    };
    this.loaded = loaded;
    this.options = options;
    this.threads = threads;
    this.scheduler = scheduler;
    this.embedder = new Embedder(loaded, options);
    const bytes = new TokenBytes(loaded.model);
    this.context = {
      scheduler,
      native,
      prompts: new PromptBuilder(loaded.model, vocabularySize(file.header), bytes),
      grammars: new JsonGrammars(loaded.llama, loaded.model),
      bytes,
      contextSize: loaded.contextSize,
      queueLimit: options.queueLimit ?? Infinity,
      vocabularySize: vocabularySize(file.header),
      endTokens,
    };
  }

  /** Tokens a prompt and its completion can have together. */
  get contextSize(): number {
    return this.loaded.contextSize;
  }

  get state(): EngineState {
    const { slots, deterministic = false } = this.options;
    return {
      slots,
      busySlots: this.scheduler.busySlots,
      queuedRequests: this.scheduler.queuedJobs,
      contextSize: this.contextSize,
      threads: this.threads,
      gpu: this.loaded.llama.gpu === false ? "off" : this.loaded.llama.gpu,
      deterministic,
    };
  }

  /** Memory of the graphics card; undefined without one. */
  async gpuMemory(): Promise<GpuMemory | undefined> {
    if (this.loaded.llama.gpu === false) return undefined;
    const { total, used } = await this.loaded.llama.getVramState();
    return { total, used };
  }

  /** The tokens of a text; `special` reads names of control tokens and begins as prompts of this model do. */
  tokenize(text: string, { special = false } = {}): number[] {
    return this.context.prompts.tokenize(text, { special });
  }

  /** The tokens a request's prompt becomes. */
  tokenizeRequest(request: CompletionRequest): readonly number[] {
    return this.context.prompts.build(request).tokens;
  }

  countPromptTokens(request: CompletionRequest): number {
    return this.tokenizeRequest(request).length;
  }

  /** The text of tokens, with the names of control tokens when `special`. Throws INVALID_ARGUMENT for a token that does not exist. */
  detokenize(tokens: readonly number[], { special = false } = {}): string {
    return this.loaded.model.detokenize(this.context.prompts.checkTokens(tokens, "tokens") as never, special);
  }

  /** One vector of length 1 for every list of tokens. Throws CONTEXT_LENGTH_EXCEEDED. */
  async embed(inputs: readonly (readonly number[])[], options: { signal?: AbortSignal } = {}): Promise<number[][]> {
    this.refuseWhenClosing();
    for (const tokens of inputs) this.context.prompts.checkTokens(tokens, "input");
    return this.track(this.embedder.embed(inputs, options));
  }

  async *complete(request: CompletionRequest, { signal }: { signal?: AbortSignal } = {}): AsyncGenerator<Chunk> {
    this.refuseWhenClosing();
    signal?.throwIfAborted();
    let settle: () => void = () => undefined;
    void this.track(new Promise<void>((resolve) => (settle = resolve)));
    try {
      const generation = await Generation.start(this.context, request);
      yield* generation.read(signal);
    } finally {
      settle();
    }
  }

  async scoreOptions(request: OptionsRequest, { signal }: { signal?: AbortSignal } = {}): Promise<OptionScores> {
    this.refuseWhenClosing();
    signal?.throwIfAborted();
    return this.track(scoreOptions(this.context, request, signal));
  }

  /** Waits for running completions, then frees the model. */
  async close(): Promise<void> {
    this.closing ??= Promise.all(this.running)
      .then(() => this.scheduler.idle())
      .then(() => this.context.native.dispose())
      .then(() => this.loaded.llama.dispose());
    await this.closing;
  }

  private refuseWhenClosing(): void {
    if (this.closing) throw new LlmopsError("SHUTTING_DOWN", "The engine is shutting down.", { hint: "Start it again." });
  }

  private track<T>(work: Promise<T>): Promise<T> {
    const settled = work.then(
      () => undefined,
      () => undefined,
    );
    this.running.add(settled);
    void settled.then(() => this.running.delete(settled));
    return work;
  }
}
