import { LlmopsError } from "../../base/errors/llmops-error.js";
import type { ModelFile } from "../models/model-file.js";
import type { Chunk, CompletionRequest, TextRequest } from "../openai/completion.js";
import { feedOf, type Feed, type Sink, type Stop } from "../openai/feed.js";
import type { CompleteOptions, CompletionTarget, OptionScores, OptionsRequest } from "../openai/completion-target.js";
import { adaptParts, loadParts, type EngineAdapter, type EngineParts } from "./engine-parts.js";
import { DryBreakers } from "./dry-breakers.js";
import { Embedder } from "./embedder.js";
import type { EngineFacts, EngineOptions, EngineState, GpuMemory, SlotState } from "./engine-options.js";
import { Generation, type GenerationContext } from "./generation.js";
import type { LoadedModel } from "./load-llama.js";
import { engineFacts, slotBytes, templateFacts, vocabularyFacts, type TemplateFacts, type VocabularyFacts } from "./model-description.js";
import { scoreOptions } from "./option-scores.js";
import { Scheduler } from "./scheduler.js";
import type { StepThreads, ThreadState } from "./step-threads.js";

/** Whether a completion is still wanted, and what stops it once it has begun. */
interface Reading {
  isStopped: boolean;
  stop: Stop | undefined;
}

/** A GGUF model in this process: several slots over one llama.cpp context. */
export class Engine implements CompletionTarget {
  readonly sharesPrompts = true;
  readonly model: string;
  readonly location: string;
  readonly identity: string;
  readonly facts: EngineFacts;
  readonly vocabulary: VocabularyFacts;
  private readonly file: ModelFile;
  private readonly parts: EngineParts;
  private readonly loaded: LoadedModel;
  private readonly options: EngineOptions;
  private readonly threads: StepThreads;
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
    return new Engine(file, await loadParts(file, requested));
  }

  private constructor(file: ModelFile, parts: EngineParts) {
    const { loaded, native, shared, options, sizes } = parts;
    this.parts = parts;
    this.file = file;
    this.identity = parts.identity;
    this.model = parts.name;
    this.location = parts.location;
    this.facts = engineFacts(file, parts.memoryBytes);
    this.vocabulary = vocabularyFacts(file, loaded);
    this.loaded = loaded;
    this.options = options;
    this.threads = parts.makeThreads();
    this.scheduler = new Scheduler(native, {
      slots: options.slots,
      batchSize: sizes.shape.batchSize,
      slotBytes: slotBytes(file, sizes.shape, loaded.contextSize),
      reusePrefixes: !options.deterministic,
      isEndToken: (token) => shared.endTokens.has(token),
      threads: this.threads,
    });
    this.embedder = new Embedder(loaded, parts.makeThreads());
    this.context = { ...shared, scheduler: this.scheduler, native, breakers: new DryBreakers(shared) };
  }

  /**
   * The same model with a LoRA adapter: it shares the weights and has slots of its own. It has to be closed before this engine is. Throws
   * OUT_OF_MEMORY or MODEL_LOAD_FAILED.
   */
  async adapt(adapter: EngineAdapter): Promise<Engine> {
    this.refuseWhenClosing();
    return new Engine(this.file, await this.track(adaptParts(this.file, this.parts, adapter)));
  }

  /** Tokens a prompt and its completion can have together. */
  get contextSize(): number {
    return this.loaded.contextSize;
  }

  /** The name of the format that the model calls tools in; "generic" where it is asked for JSON. */
  get toolFormat(): string {
    return this.context.prompts.toolFormat;
  }

  get state(): EngineState {
    const { slots, deterministic = false } = this.options;
    return {
      slots,
      busySlots: this.scheduler.busySlots,
      queuedRequests: this.scheduler.queuedJobs,
      contextSize: this.contextSize,
      threads: this.threads.state,
      gpu: this.loaded.llama.gpu === false ? "off" : this.loaded.llama.gpu,
      deterministic,
    };
  }

  /** What each slot is doing. */
  get slotStates(): SlotState[] {
    return this.scheduler.slots.map(({ id, job, tokens }) => ({
      id,
      isProcessing: job !== undefined && !job.over,
      promptTokens: job?.options.prompt.length ?? tokens.length,
      cachedTokens: job?.cachedTokens ?? 0,
      generatedTokens: job?.generated ?? 0,
    }));
  }

  /** The chat template that prompts without tools are rendered with. */
  get chatTemplate(): TemplateFacts {
    return templateFacts(this.context.prompts.templates);
  }

  /** Hears when steps get other compute threads than before, at most every ten seconds. */
  onThreads(listener: (state: ThreadState) => void): void {
    this.threads.onChange = listener;
  }

  /** Memory of the graphics card; undefined without one. */
  async gpuMemory(): Promise<GpuMemory | undefined> {
    if (this.loaded.llama.gpu === false) return undefined;
    const { total, used } = await this.loaded.llama.getVramState();
    return { total, used };
  }

  /** The tokens of a prompt, found in slices; `special` reads names of control tokens, `begins` begins a text as prompts of this model do. */
  tokenize(
    text: TextRequest["prompt"],
    { special = false, begins = special, signal }: { special?: boolean; begins?: boolean; signal?: AbortSignal | undefined } = {},
  ): Promise<readonly number[]> {
    return this.context.prompts.tokenize(text, { special, begins, signal });
  }

  /** The bytes of a token in a text; the name of a control token. */
  bytesOf(token: number): Uint8Array {
    const { bytes } = this.context;
    const own = bytes.of(token);
    return own.length > 0 ? own : Buffer.from(bytes.nameOf(token), "utf8");
  }

  /** The tokens a request's prompt becomes, found in slices. Throws CONTEXT_LENGTH_EXCEEDED where `fits` and they surely do not. */
  async tokenizeRequest(
    request: CompletionRequest,
    { fits = false, signal }: { fits?: boolean; signal?: AbortSignal | undefined } = {},
  ): Promise<readonly number[]> {
    const { tokens } = await this.context.prompts.build(request, { signal, ...(fits && { most: this.contextSize }) });
    return tokens;
  }

  /** The prompt of a request as the model is given it. Throws what building it throws. */
  promptText(request: CompletionRequest): string {
    return this.detokenize(this.context.prompts.buildAtOnce(request, { most: this.contextSize }).tokens, { special: true });
  }

  countPromptTokens(request: CompletionRequest): number {
    return this.context.prompts.buildAtOnce(request).tokens.length;
  }

  /** The text of tokens, with the names of control tokens when `special`. Throws INVALID_ARGUMENT for a token that does not exist. */
  detokenize(tokens: readonly number[], { special = false } = {}): string {
    return this.loaded.model.detokenize(this.context.prompts.checkTokens(tokens, "tokens") as never, special);
  }

  /** One vector of length 1 for every list of tokens. Throws CONTEXT_LENGTH_EXCEEDED, and UNSUPPORTED_PARAMETER with an adapter. */
  async embed(inputs: readonly (readonly number[])[], options: { signal?: AbortSignal } = {}): Promise<number[][]> {
    this.refuseWhenClosing();
    const { adapter } = this.parts;
    if (adapter !== undefined) {
      // llama.cpp's contexts for embeddings know no adapters
      throw new LlmopsError("UNSUPPORTED_PARAMETER", `Embeddings are not available with the adapter ${adapter}.`, {
        hint: `Ask ${this.file.name} without it.`,
        param: "model",
      });
    }
    for (const tokens of inputs) this.context.prompts.checkTokens(tokens, "input");
    return this.track(this.embedder.embed(inputs, options));
  }

  complete(request: CompletionRequest, options: CompleteOptions = {}): Feed<Chunk> {
    return feedOf((sink) => {
      this.refuseWhenClosing();
      options.signal?.throwIfAborted();
      const reading: Reading = { isStopped: false, stop: undefined };
      this.track(this.generate(request, options, { sink, reading })).catch((thrown: unknown) => {
        if (!reading.isStopped) sink.fail(thrown);
      });
      return () => {
        reading.isStopped = true;
        return reading.stop?.();
      };
    });
  }

  /** Resolves once nothing of the completion runs any more. */
  private async generate(
    request: CompletionRequest,
    { signal, onStart, caller, onRelaxed }: CompleteOptions,
    { sink, reading }: { sink: Sink<Chunk>; reading: Reading },
  ): Promise<void> {
    const generation = await Generation.start(this.context, request, { signal, caller, onRelaxed });
    if (reading.isStopped) return generation.cancel();
    onStart?.(() => generation.computed);
    await new Promise<void>((resolve) => (reading.stop = generation.flow(sink, signal, resolve)));
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
      .then(() => this.parts.free());
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
