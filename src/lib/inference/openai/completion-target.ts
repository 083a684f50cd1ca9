import { LlmopsError } from "../../base/errors/llmops-error.js";
import { flow, type Sink, type Stop } from "./feed.js";
import type { Pace } from "./pace.js";
import type { ChatMessage, Choice, Chunk, ChunkOf, Completion, CompletionRequest, EndChunk, Usage } from "./completion.js";

/** An answer whose beginning is fixed, and the texts one of which it continues with. */
export interface OptionsRequest {
  messages: ChatMessage[];
  /** What the assistant's answer begins with. */
  prefill: string;
  /** Different texts, none of them empty or the beginning of another: what they end with, such as a quote, tells 1 from 10. */
  options: readonly string[];
}

export interface OptionScores {
  /** The probability of each option among them, in their order; they add up to 1. */
  probabilities: number[];
  /** How much of the model's own probability falls on a beginning of an option, 0..1: near 0 it would have said something else. */
  mass: number;
  usage: Usage;
}

/** What a model in this process takes. */
export interface ModelCost {
  /** How most weights are kept, such as "Q8_0". */
  quantization: string;
  fileBytes: number;
  /** Weights, contexts and working memory, as estimated from the file. */
  memoryBytes: number;
}

export interface CompleteOptions {
  signal?: AbortSignal | undefined;
  /** Hears, before a model of this process computes anything, of what tells what it has computed so far. */
  onStart?: ((computed: () => Usage) => void) | undefined;
  /** Who asks, for a model of this process that several share. */
  caller?: string | undefined;
  /** Hears, before a model of this process computes anything, of the keywords of a schema that answers are not held to. */
  onRelaxed?: ((relaxed: readonly { pointer: string; keyword: string }[]) => void) | undefined;
}

/** What answers completion requests: the engine in this process, or an OpenAI-compatible endpoint. */
export interface CompletionTarget {
  /** The model's name as results show it. */
  readonly model: string;
  /** Where it runs: a file path or a URL. */
  readonly location: string;
  /** Requests over one prompt cost less together than one after the other. */
  readonly sharesPrompts?: boolean;
  /** Streams one completion. Stops the work when the signal aborts or the caller stops reading. */
  complete(request: CompletionRequest, options?: CompleteOptions): AsyncIterable<Chunk>;
  /** Reads how likely each option is without generating anything, where the target can. */
  scoreOptions?(request: OptionsRequest, options?: { signal?: AbortSignal }): Promise<OptionScores>;
  /** What tells this model from any other, for results that may only be compared when the model is the same. */
  readonly identity?: string;
  /** The tokens of a request's prompt, where they can be counted here. */
  countPromptTokens?(request: CompletionRequest): number;
  /** What it takes, where it runs in this process. */
  readonly facts?: ModelCost;
  /** How many requests it gets at a time, where it may refuse some for their rate. */
  readonly pace?: Pace;
  /** Frees what the target holds; running completions end first or are aborted. */
  close(): Promise<void>;
}

/** Asks for a whole completion and times it. Throws what the target throws; the signal's reason, also where the target does not heed it. */
export function collectCompletion(
  target: CompletionTarget,
  request: CompletionRequest,
  options: { signal?: AbortSignal } = {},
): Promise<Completion> {
  return collectChunks(target.complete(request, options), target.location, options.signal);
}

/** Reads a whole completion and times it. Throws what the chunks throw; the signal's reason; ENDPOINT_ERROR, naming `location`, when they end early. */
export function collectChunks(chunks: AsyncIterable<Chunk>, location: string, signal?: AbortSignal): Promise<Completion> {
  return new Promise((resolve, reject) => {
    const collector = new Collector(location, signal, { resolve, reject });
    collector.stop = flow(chunks, collector);
  });
}

/** Makes a whole completion of its chunks. */
class Collector implements Sink<Chunk> {
  /** Ends the chunks. */
  stop: Stop | undefined;
  private readonly location: string;
  private readonly signal: AbortSignal | undefined;
  private readonly done: { resolve: (completion: Completion) => void; reject: (error: unknown) => void };
  private readonly start = performance.now();
  private readonly choices = new Map<number, Choice>();
  private firstTokenMs: number | undefined;
  private isOver = false;

  constructor(
    location: string,
    signal: AbortSignal | undefined,
    done: { resolve: (completion: Completion) => void; reject: (error: unknown) => void },
  ) {
    this.location = location;
    this.signal = signal;
    this.done = done;
  }

  take(chunk: Chunk): undefined {
    if (this.isOver) return;
    if (this.signal?.aborted) this.settle(() => this.done.reject(this.signal?.reason));
    else if (chunk.type === "finish") {
      const completion = toCompletion(this.choices, chunk, { start: this.start, firstTokenMs: this.firstTokenMs });
      this.settle(() => this.done.resolve(completion));
    } else this.add(chunk);
  }

  end(): void {
    if (this.isOver) return;
    this.done.reject(this.signal?.aborted ? this.signal.reason : endedEarly(this.location));
  }

  fail(thrown: unknown): void {
    if (!this.isOver) this.done.reject(thrown);
  }

  /** Whoever gives the chunks may have something to end first. */
  private settle(settle: () => void): void {
    this.isOver = true;
    const ending = this.stop?.();
    if (ending) void ending.then(settle, settle);
    else settle();
  }

  private add(chunk: Exclude<Chunk, { type: "finish" }>): void {
    this.firstTokenMs ??= performance.now() - this.start;
    let choice = this.choices.get(chunk.choice);
    if (!choice) this.choices.set(chunk.choice, (choice = emptyChoice()));
    append(choice, chunk);
  }
}

function endedEarly(location: string): LlmopsError {
  return new LlmopsError("ENDPOINT_ERROR", `${location} ended the answer without a finish reason.`, {
    hint: "The connection may have been cut; try again.",
  });
}

function toCompletion(
  choices: ReadonlyMap<number, Choice>,
  { usage, timing }: Extract<Chunk, { type: "finish" }>,
  { start, firstTokenMs }: { start: number; firstTokenMs: number | undefined },
): Completion {
  const totalMs = performance.now() - start;
  const ordered = choices.size < 2 ? [...choices.values()] : inOrder(choices);
  const { text, thoughts, finishReason } = ordered[0] ?? emptyChoice();
  const taken = timing ?? { firstTokenMs: firstTokenMs ?? totalMs, totalMs };
  return { text, ...(thoughts !== undefined && { thoughts }), finishReason, choices: ordered, usage, timing: taken };
}

function inOrder(choices: ReadonlyMap<number, Choice>): Choice[] {
  return [...choices.entries()].sort(([a], [b]) => a - b).map(([, choice]) => choice);
}

function emptyChoice(): Choice {
  return { text: "", finishReason: "stop", toolCalls: [], logprobs: undefined };
}

function append(choice: Choice, chunk: Exclude<Chunk, { type: "finish" }>): void {
  if (chunk.type === "end") appendEnd(choice, chunk);
  else if (chunk.type === "thought") choice.thoughts = (choice.thoughts ?? "") + chunk.text;
  else if (chunk.type === "prompt") notePrompt(choice, chunk);
  else if (chunk.type === "tokens") (choice.tokens ??= []).push(...chunk.ids);
  else if (chunk.type === "tool_call") choice.toolCalls.push({ ...chunk.call });
  else if (chunk.type === "arguments") appendArguments(choice, chunk.text);
  else {
    choice.text += chunk.text;
    if (chunk.logprobs) choice.logprobs = [...(choice.logprobs ?? []), ...chunk.logprobs];
  }
}

function notePrompt(choice: Choice, { logprobs, tokens }: ChunkOf<"prompt">): void {
  if (logprobs) choice.promptLogprobs = logprobs;
  if (tokens) choice.promptTokens = tokens;
}

function appendEnd(choice: Choice, { reason, refusal, stop, last }: EndChunk): void {
  choice.finishReason = reason;
  if (refusal !== undefined) choice.refusal = refusal;
  if (stop !== undefined) choice.stoppedBy = stop;
  if (last) choice.last = last;
}

/** The text belongs to the call that came last. */
function appendArguments({ toolCalls }: Choice, text: string): void {
  const call = toolCalls.at(-1);
  if (call) call.arguments += text;
}
