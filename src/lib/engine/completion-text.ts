import type { LlamaModel, Token } from "node-llama-cpp";
import { isWholeJson } from "./json-grammar.js";
import { StopMatcher } from "./stop-matcher.js";
import { TokenText } from "./token-text.js";

export interface CompletionTextOptions {
  stop: readonly string[];
  /** End as soon as the text is one whole JSON value. */
  json: boolean;
}

/** The text of one completion as its tokens come: decoded, cut at stop texts, ended with its JSON value. */
export class CompletionText {
  private readonly decoder: TokenText;
  private readonly stops: StopMatcher;
  private readonly json: boolean;
  private shown = "";
  private done = false;

  constructor(model: LlamaModel, prompt: readonly Token[], { stop, json }: CompletionTextOptions) {
    this.decoder = new TokenText(model, prompt);
    this.stops = new StopMatcher(stop);
    this.json = json;
  }

  /** The text to show after this token; `done` when the completion is over by its text. */
  push(token: Token): { text: string; done: boolean } {
    const { text, stopped } = this.stops.push(this.decoder.push(token));
    if (this.json) this.shown += text;
    this.done = stopped || (this.json && isWholeJson(this.shown));
    return { text, done: this.done };
  }

  /** What is still held back, once no token follows. */
  flush(): string {
    return this.done ? "" : this.stops.push(this.decoder.flush()).text + this.stops.flush();
  }
}
