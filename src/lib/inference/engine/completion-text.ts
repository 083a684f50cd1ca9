import { JsonEnd } from "./json-end.js";
import { StopMatcher } from "./stop-matcher.js";
import { TokenText, type TokenBytes } from "./token-bytes.js";

export interface CompletionTextOptions {
  stop: readonly string[];
  /** End as soon as the text is one whole JSON value. */
  json: boolean;
  /** A stop text that was met is shown. */
  keepsStop?: boolean;
  /** The bytes of control tokens that are shown. */
  shown?: ReadonlyMap<number, Uint8Array>;
}

/** The text of one completion as its tokens come: decoded, cut at stop texts, ended with its JSON value. */
export class CompletionText {
  private readonly decoder: TokenText;
  private readonly stops: StopMatcher;
  private readonly json: JsonEnd | undefined;
  /** The stop text that ended it. */
  stoppedBy: string | undefined;
  private readonly keepsStop: boolean;
  private done = false;

  constructor(bytes: TokenBytes, { stop, json, keepsStop = false, shown }: CompletionTextOptions) {
    this.keepsStop = keepsStop;
    this.decoder = new TokenText(bytes, shown);
    this.stops = new StopMatcher(stop);
    this.json = json ? new JsonEnd() : undefined;
  }

  /** The text to show after this token; `done` when the completion is over by its text. */
  push(token: number): { text: string; done: boolean } {
    const { text: before, stop } = this.stops.push(this.decoder.push(token));
    const text = before + this.kept(stop);
    this.stoppedBy = stop;
    const end = this.json?.push(text);
    this.done = stop !== undefined || end !== undefined;
    return { text: end === undefined ? text : text.slice(0, end), done: this.done };
  }

  /** What is still held back, once no token follows. */
  flush(): string {
    if (this.done) return "";
    this.done = true;
    const { text, stop } = this.stops.push(this.decoder.flush());
    this.stoppedBy = stop;
    return stop === undefined ? text + this.stops.flush() : text + this.kept(stop);
  }

  private kept(stop: string | undefined): string {
    return this.keepsStop ? (stop ?? "") : "";
  }
}
