import type { Delta } from "../chat/formats/delta.js";
import type { ChosenLogprob, Chunk, EndChunk, PromptLogprob } from "../openai/completion.js";
import type { FeedQueue } from "../openai/feed-queue.js";
import { AnswerReading, type AnswerReadingOptions } from "./answer-reading.js";
import { CompletionText, type CompletionTextOptions } from "./completion-text.js";
import { DecodeWatch } from "./decode-watch.js";
import type { EndToken, TokenReading } from "./job.js";
import { textOf, toChosenLogprob, toDrawnToken } from "./logprobs.js";
import type { Logits } from "./native-context.js";
import type { TokenBytes } from "./token-bytes.js";

export interface ChoiceOutputOptions extends CompletionTextOptions {
  choice: number;
  /** The prompt's tokens, where ids of tokens are given. */
  tokenIds?: { prompt: readonly number[] } | undefined;
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
  private readonly tokenIds: ChoiceOutputOptions["tokenIds"];
  /** The prompt's log-probabilities so far; undefined where they are not read. */
  private promptLogprobs: PromptLogprob[] | undefined;
  private hasPrompt = false;
  /** The sum of the log-probabilities of all tokens; undefined where they are not read. */
  private logprob: number | undefined;

  constructor(queue: FeedQueue<Chunk>, bytes: TokenBytes, { choice, tokenIds, reading, limitMs, ...text }: ChoiceOutputOptions) {
    this.tokenIds = tokenIds;
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

  /** Takes the prompt's tokens with their logits, which are given as one chunk before the answer. */
  readPrompt(prompt: readonly number[]): (token: number, logits: Logits) => void {
    const logprobs: PromptLogprob[] = prompt.slice(0, 1).map((id) => ({ id, text: textOf(id, this.bytes), bytes: [...this.bytes.of(id)] }));
    this.promptLogprobs = logprobs;
    return (token, logits) => void logprobs.push(toChosenLogprob(token, logits, this.bytes));
  }

  /** True when the completion is over by its text, "length" when it took too long. */
  push(token: number, reading: TokenReading): boolean | "length" {
    this.givePrompt();
    const logprob = this.note(token, reading);
    if (logprob) this.logprobs.push(logprob);
    return this.take(token) || this.watch.isOver(token);
  }

  /** What stands before the answer. */
  private givePrompt(): void {
    if (this.hasPrompt) return;
    this.hasPrompt = true;
    const { choice, promptLogprobs: logprobs, tokenIds } = this;
    if (logprobs || tokenIds) {
      this.queue.push({ type: "prompt", choice, ...(logprobs && { logprobs }), ...(tokenIds && { tokens: tokenIds.prompt }) });
    }
  }

  /** Gives the id of a token, adds up how likely it was, and says so. */
  private note(token: number, { logits, drawn }: TokenReading): ChosenLogprob | undefined {
    if (this.tokenIds) this.queue.push({ type: "tokens", choice: this.choice, ids: [token] });
    if (!logits) return undefined;
    const logprob = toChosenLogprob(token, logits, this.bytes);
    this.logprob = (this.logprob ?? 0) + logprob.logprob;
    return drawn ? { ...logprob, drawn: toDrawnToken(drawn, this.bytes) } : logprob;
  }

  private take(token: number): boolean {
    if (!this.reading) return this.pushText(token);
    const { deltas, done, isHidden } = this.reading.push(token);
    // the log-probabilities are those of the answer
    if (isHidden && !deltas.some(({ type }) => type === "content")) this.logprobs = [];
    if (deltas.length === 0) this.queue.push({ type: "text", choice: this.choice, text: "" });
    for (const delta of deltas) this.send(delta);
    return done;
  }

  /** Gives what is held back, and the end; `ending` is the token that ended it, which was not pushed. */
  end(reason: "stop" | "length", ending?: EndToken): void {
    this.givePrompt();
    if (this.reading) for (const delta of this.reading.end(reason)) this.send(delta);
    else this.sendText(this.text?.flush() ?? "");
    if (this.logprobs.length > 0) this.sendText("", { withHeldLogprobs: true });
    this.queue.push(this.endChunk(reason, ending && this.note(ending.token, ending)));
  }

  private endChunk(reason: "stop" | "length", last: ChosenLogprob | undefined): EndChunk {
    const { choice, logprob } = this;
    const stop = (this.reading ?? this.text)?.stoppedBy;
    return {
      ...{ type: "end", choice, reason: this.reading?.hasCalled === true && reason === "stop" ? "tool_calls" : reason },
      ...(stop !== undefined && { stop }),
      ...(last && { last }),
      ...(logprob !== undefined && { logprob }),
    };
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
