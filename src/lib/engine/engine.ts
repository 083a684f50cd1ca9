import type { Llama, LlamaContext, LlamaModel, SequenceEvaluateOptions, Token } from "node-llama-cpp";
import { LlmopsError } from "../errors/llmops-error.js";
import type { ModelFile } from "../models/model-file.js";
import type { ChatMessage, Chunk, CompletionRequest, FinishReason } from "../openai/completion.js";
import type { CompletionTarget } from "../openai/completion-target.js";
import { compileChatTemplate } from "./chat-template.js";
import { CompletionText } from "./completion-text.js";
import { JsonGrammars } from "./json-grammar.js";
import { chooseThreads, loadLlama, outOfMemory } from "./load-llama.js";
import { toEvaluateOptions } from "./sampling.js";
import { SlotPool, type Slot } from "./slots.js";

export interface EngineOptions {
  /** Requests that run at the same time. */
  slots: number;
  /** Tokens of prompt and completion together, per slot; the model's own limit when it is lower. */
  contextSize: number;
  signal?: AbortSignal;
}

interface Loaded {
  llama: Llama;
  model: LlamaModel;
  context: LlamaContext;
  contextSize: number;
}

/** A GGUF model in this process: several slots over one llama.cpp context. */
export class Engine implements CompletionTarget {
  readonly model: string;
  readonly location: string;
  readonly contextSize: number;
  private readonly loaded: Loaded;
  private readonly pool: SlotPool;
  private readonly grammars: JsonGrammars;
  private readonly render: (messages: ChatMessage[]) => string;
  private readonly running = new Set<Promise<void>>();
  private closing: Promise<void> | undefined;

  /** Loads a model. Throws MODEL_INVALID, MODEL_LOAD_FAILED or OUT_OF_MEMORY. */
  static async load(file: ModelFile, options: EngineOptions): Promise<Engine> {
    const threads = chooseThreads(file.sizeBytes);
    const { llama, model } = await loadLlama(file, threads, options.signal);
    try {
      const contextSize = Math.min(options.contextSize, model.trainContextSize);
      const context = await model.createContext({
        sequences: options.slots,
        contextSize,
        threads,
        ...(options.signal ? { createSignal: options.signal } : {}),
      });
      return new Engine(file, { llama, model, context, contextSize }, options.slots);
    } catch (cause) {
      await llama.dispose();
      if (cause instanceof Error && cause.constructor.name === "InsufficientMemoryError") throw outOfMemory(cause);
      throw cause;
    }
  }

  private constructor(file: ModelFile, loaded: Loaded, slots: number) {
    this.model = file.name;
    this.location = file.path;
    this.loaded = loaded;
    this.contextSize = loaded.contextSize;
    this.pool = new SlotPool(loaded.context, slots);
    this.grammars = new JsonGrammars(loaded.llama, loaded.model);
    const { tokens, fileInfo } = loaded.model;
    this.render = compileChatTemplate({
      source: fileInfo.metadata.tokenizer.chat_template,
      bosToken: tokens.bosString ?? "",
      eosToken: tokens.eosString ?? "",
    });
  }

  /** The tokens a chat prompt becomes. */
  tokenizeChat(messages: ChatMessage[]): Token[] {
    const { model } = this.loaded;
    const tokens = model.tokenize(this.render(messages), true);
    const { bos, shouldPrependBosToken } = model.tokens;
    return shouldPrependBosToken && bos !== null && tokens[0] !== bos ? [bos, ...tokens] : tokens;
  }

  async *complete(request: CompletionRequest, { signal }: { signal?: AbortSignal } = {}): AsyncGenerator<Chunk> {
    if (this.closing) throw new LlmopsError("SHUTTING_DOWN", "The engine is shutting down.", { hint: "Start it again." });
    const prompt = this.tokenizeChat(request.messages);
    const room = this.contextSize - prompt.length;
    if (room < 1 || (request.maxTokens ?? 1) > room) throw this.tooLong(prompt.length, request.maxTokens);
    let settle: () => void = () => undefined;
    const running = new Promise<void>((resolve) => (settle = resolve));
    this.running.add(running);
    try {
      const slot = await this.pool.acquire(prompt, signal);
      try {
        yield* this.generate(slot, prompt, { ...request, maxTokens: request.maxTokens ?? room }, signal);
      } finally {
        this.pool.release(slot);
      }
    } finally {
      this.running.delete(running);
      settle();
    }
  }

  /** Waits for running completions, then frees the model. */
  async close(): Promise<void> {
    this.closing ??= Promise.all(this.running).then(() => this.loaded.llama.dispose());
    await this.closing;
  }

  private async *generate(
    { sequence }: Slot,
    prompt: Token[],
    request: CompletionRequest & { maxTokens: number },
    signal: AbortSignal | undefined,
  ): AsyncGenerator<Chunk> {
    const generated: Token[] = [];
    const { responseSchema, stop = [] } = request;
    const text = new CompletionText(this.loaded.model, prompt, { stop, json: responseSchema !== undefined });
    let reason: FinishReason = "length";
    const options = await this.evaluateOptions(request, generated);
    // keep what the slot holds of this prompt; at least one token must be left to evaluate
    await sequence.adaptStateToTokens(prompt.slice(0, -1), false);
    for await (const token of sequence.evaluate(prompt.slice(sequence.nextTokenIndex), options)) {
      signal?.throwIfAborted();
      generated.push(token);
      const ended = this.loaded.model.isEogToken(token);
      const piece = ended ? { text: "", done: true } : text.push(token);
      if (piece.text !== "") yield { type: "text", text: piece.text };
      if (piece.done) reason = "stop";
      if (piece.done || generated.length >= request.maxTokens) break;
    }
    const tail = text.flush();
    if (tail !== "") yield { type: "text", text: tail };
    yield { type: "finish", reason, usage: { promptTokens: prompt.length, completionTokens: generated.length } };
  }

  private async evaluateOptions(request: CompletionRequest, generated: readonly Token[]): Promise<SequenceEvaluateOptions> {
    const options = { ...toEvaluateOptions(request, generated), yieldEogToken: true };
    if (request.responseSchema === undefined) return options;
    return { ...options, grammarEvaluationState: await this.grammars.stateFor(request.responseSchema) };
  }

  private tooLong(promptTokens: number, maxTokens: number | undefined): LlmopsError {
    const asked = maxTokens === undefined ? "" : ` and ${maxTokens} for the completion (max_tokens)`;
    const message = `The prompt has ${promptTokens} tokens${asked}, but the context holds ${this.contextSize}.`;
    return new LlmopsError("CONTEXT_LENGTH_EXCEEDED", message, { hint: "Shorten the messages or lower max_tokens.", param: "messages" });
  }
}
