import type { Delta } from "../chat/formats/delta.js";
import type { ChosenLogprob, Chunk, FinishReason, PromptLogprob } from "../openai/completion.js";
import type { FeedQueue } from "../openai/feed-queue.js";
import { AnswerReading, type AnswerReadingOptions } from "./answer-reading.js";
import { CompletionText, type CompletionTextOptions } from "./completion-text.js";
import { DecodeWatch } from "./decode-watch.js";
import { textOf, toChosenLogprob } from "./logprobs.js";
import type { Logits } from "./native-context.js";
import type { TokenBytes } from "./token-bytes.js";

export interface ChoiceOutputOptions extends CompletionTextOptions {
  choice: number;
  /** Milliseconds it may take, once it has a line break. */
  limitMs?: number | undefined;
  /** How thoughts and tool calls are read; undefined where the answer is all text. */
  reading: Omit<AnswerReadingOptions, keyof CompletionTextOptions> | undefined;
}

/** Turns the tokens of one choice into chunks: text, thoughts, tool calls, log-probabilities, the end. */
export class ChoiceOutput {
  private readonly queue: FeedQueue<Chunk>;
  private readonly bytes: TokenBytes;
  private readonly watch: DecodeWatch;
  private readonly choice: number;
  private readonly text: CompletionText | undefined;
  private readonly reading: AnswerReading | undefined;
  /** Log-probabilities of tokens whose text is still held back. */
  private logprobs: ChosenLogprob[] = [];

  constructor(queue: FeedQueue<Chunk>, bytes: TokenBytes, { choice, reading, limitMs, ...text }: ChoiceOutputOptions) {
    this.watch = new DecodeWatch(limitMs, bytes);
    this.queue = queue;
    this.bytes = bytes;
    this.choice = choice;
    const { shown, ...others } = text;
    if (reading) this.reading = new AnswerReading(bytes, { ...reading, ...others, marks: new Map([...(shown ?? []), ...reading.marks]) });
    else this.text = new CompletionText(bytes, text);
  }

  /** Tokens that belonged to thoughts; undefined where none are looked for. */
  get thoughtTokens(): number | undefined {
    return this.reading?.thoughtTokens;
  }

  /** Takes the prompt's tokens with their logits, and gives them as one chunk when the last is there. */
  readPrompt(prompt: readonly number[]): (token: number, logits: Logits) => void {
    const logprobs: PromptLogprob[] = prompt.slice(0, 1).map((token) => ({ text: textOf(token, this.bytes) }));
    return (token, logits) => {
      logprobs.push(toChosenLogprob(token, logits, this.bytes));
      if (logprobs.length === prompt.length) this.queue.push({ type: "prompt", choice: this.choice, logprobs });
    };
  }

  /** True when the completion is over by its text, "length" when it took too long. */
  push(token: number, logits: Logits | undefined): boolean | "length" {
    return this.take(token, logits) || this.watch.isOver(token);
  }

  private take(token: number, logits: Logits | undefined): boolean {
    if (logits) this.logprobs.push(toChosenLogprob(token, logits, this.bytes));
    if (!this.reading) return this.pushText(token);
    const { deltas, done, isHidden } = this.reading.push(token);
    // the log-probabilities are those of the answer
    if (isHidden && !deltas.some(({ type }) => type === "content")) this.logprobs = [];
    if (deltas.length === 0) this.queue.push({ type: "text", choice: this.choice, text: "" });
    for (const delta of deltas) this.send(delta);
    return done;
  }

  end(reason: "stop" | "length"): void {
    if (this.reading) for (const delta of this.reading.end(reason)) this.send(delta);
    else this.sendText(this.text?.flush() ?? "");
    if (this.logprobs.length > 0) this.sendText("", { withHeldLogprobs: true });
    const finished: FinishReason = this.reading?.hasCalled === true && reason === "stop" ? "tool_calls" : reason;
    const stop = (this.reading ?? this.text)?.stoppedBy;
    this.queue.push({ type: "end", choice: this.choice, reason: finished, ...(stop !== undefined && { stop }) });
  }

  private pushText(token: number): boolean {
    const { text, done } = this.text?.push(token) ?? { text: "", done: true };
    if (!this.sendText(text)) this.queue.push({ type: "text", choice: this.choice, text: "" });
    return done;
  }

  private send(delta: Delta): void {
    const { choice } = this;
    switch (delta.type) {
      case "content":
        this.sendText(delta.text);
        break;
      case "reasoning":
        this.queue.push({ type: "thought", choice, text: delta.text });
        break;
      case "call":
        this.queue.push({ type: "tool_call", choice, call: { id: delta.id, name: delta.name, arguments: "" } });
        break;
      case "arguments":
        this.queue.push({ type: "arguments", choice, text: delta.text });
        break;
      case "call_end":
        break;
    }
  }

  /** False when there is nothing to show: the text may become a stop text, a character or a tool call. */
  private sendText(text: string, { withHeldLogprobs = false } = {}): boolean {
    if (text === "" && !withHeldLogprobs) return false;
    const logprobs = this.logprobs.length > 0 ? { logprobs: this.logprobs } : {};
    this.logprobs = [];
    this.queue.push({ type: "text", choice: this.choice, text, ...logprobs });
    return true;
  }
}
