import { randomUUID } from "node:crypto";
import type { ChosenLogprob, Chunk, FinishReason, PromptLogprob } from "../openai/completion.js";
import type { FeedQueue } from "../openai/feed-queue.js";
import { CompletionText, type CompletionTextOptions } from "./completion-text.js";
import { textOf, toChosenLogprob } from "./logprobs.js";
import type { Logits } from "./native-context.js";
import type { TokenBytes } from "./token-bytes.js";
import { ToolCallReader, type ReadCall } from "./tool-call-reader.js";
import type { ToolFormat } from "./tool-format.js";

/** How tool calls in an answer are read. */
export interface ToolReading {
  format: ToolFormat;
  /** The prompt ended with the beginning of a call. */
  forced: boolean;
  /** The answer ends with its first call. */
  single: boolean;
}

export interface ChoiceOutputOptions extends CompletionTextOptions {
  choice: number;
  tools: ToolReading | undefined;
}

/** Turns the tokens of one choice into chunks: text, tool calls, log-probabilities, the end. */
export class ChoiceOutput {
  private readonly queue: FeedQueue<Chunk>;
  private readonly bytes: TokenBytes;
  private readonly choice: number;
  private readonly text: CompletionText;
  private readonly tools: ToolCallReader | undefined;
  private readonly singleCall: boolean;
  private called = false;
  /** Log-probabilities of tokens whose text is still held back. */
  private logprobs: ChosenLogprob[] = [];

  constructor(queue: FeedQueue<Chunk>, bytes: TokenBytes, { choice, tools, ...text }: ChoiceOutputOptions) {
    this.queue = queue;
    this.bytes = bytes;
    this.choice = choice;
    this.text = new CompletionText(bytes, text);
    this.singleCall = tools?.single ?? false;
    this.tools = tools && new ToolCallReader(tools.format, { inCall: tools.forced });
  }

  /** Takes the prompt's tokens with their logits, and gives them as one chunk when the last is there. */
  readPrompt(prompt: readonly number[]): (token: number, logits: Logits) => void {
    const logprobs: PromptLogprob[] = prompt.slice(0, 1).map((token) => ({ text: textOf(token, this.bytes) }));
    return (token, logits) => {
      logprobs.push(toChosenLogprob(token, logits, this.bytes));
      if (logprobs.length === prompt.length) this.queue.push({ type: "prompt", choice: this.choice, logprobs });
    };
  }

  /** True when the completion is over by its text. */
  push(token: number, logits: Logits | undefined): boolean {
    const { text, done } = this.text.push(token);
    if (logits) this.logprobs.push(toChosenLogprob(token, logits, this.bytes));
    if (!this.show(text)) this.queue.push({ type: "text", choice: this.choice, text: "" });
    return done || (this.called && this.singleCall);
  }

  end(reason: "stop" | "length"): void {
    this.show(this.text.flush());
    this.sendText(this.tools?.flush() ?? "", { withHeldLogprobs: true });
    const finished: FinishReason = this.called && reason === "stop" ? "tool_calls" : reason;
    this.queue.push({ type: "end", choice: this.choice, reason: finished });
  }

  /** False when all of it is held back: it may become a stop text, a character or a tool call. */
  private show(text: string): boolean {
    if (!this.tools) return this.sendText(text);
    const read = this.tools.push(text);
    const sent = this.sendText(read.text);
    read.calls.forEach((call) => this.sendCall(call));
    return sent || read.calls.length > 0;
  }

  private sendText(text: string, { withHeldLogprobs = false } = {}): boolean {
    if (text === "" && !(withHeldLogprobs && this.logprobs.length > 0)) return false;
    const logprobs = this.logprobs.length > 0 ? { logprobs: this.logprobs } : {};
    this.logprobs = [];
    this.queue.push({ type: "text", choice: this.choice, text, ...logprobs });
    return true;
  }

  private sendCall(call: ReadCall): void {
    this.called = true;
    this.queue.push({ type: "tool_call", choice: this.choice, call: { id: `call_${randomUUID()}`, ...call } });
  }
}
