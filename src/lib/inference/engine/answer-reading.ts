import type { AnswerReader } from "../chat/formats/answer-reader.js";
import type { Delta } from "../chat/formats/delta.js";
import { JsonEnd } from "./json-end.js";
import { StopMatcher } from "./stop-matcher.js";
import { TokenText, type TokenBytes } from "./token-bytes.js";

export interface AnswerReadingOptions {
  reader: AnswerReader;
  /** Texts that end the answer's own text; they do not count in thoughts and tool calls. */
  stop: readonly string[];
  /** A stop text that was met is shown. */
  keepsStop?: boolean;
  /** End as soon as the answer's text is one whole JSON value. */
  json: boolean;
  /** End with the first tool call. */
  singleCall: boolean;
  /** The names of control tokens that the reader has to see, by token. */
  marks: ReadonlyMap<number, Uint8Array>;
}

/** The parts of one answer as its tokens come: text, cut at stop texts and ended with its JSON value, thoughts and tool calls. */
export class AnswerReading {
  /** Tokens that belonged to thoughts. */
  thoughtTokens = 0;
  /** The stop text that ended it. */
  stoppedBy: string | undefined;
  private readonly decoder: TokenText;
  private readonly stops: StopMatcher;
  private readonly json: JsonEnd | undefined;
  private readonly options: AnswerReadingOptions;
  private done = false;

  constructor(bytes: TokenBytes, options: AnswerReadingOptions) {
    this.options = options;
    this.decoder = new TokenText(bytes, options.marks);
    this.stops = new StopMatcher(options.stop);
    this.json = options.json ? new JsonEnd() : undefined;
  }

  /** What a token gives; `done` when the answer is over by it, `isHidden` where it belongs to a thought outside the text. */
  push(token: number): { deltas: Delta[]; done: boolean; isHidden: boolean } {
    const { reader, singleCall } = this.options;
    const wasThought = reader.inThought;
    const deltas = this.cut(reader.push(this.decoder.push(token)));
    const isThought = wasThought || reader.inThought || deltas.some(isOfThought);
    if (isThought) this.thoughtTokens++;
    this.done ||= singleCall && reader.calls.ended > 0;
    return { deltas, done: this.done, isHidden: isThought && !reader.keepsThoughts };
  }

  /** What is still held back, once no token follows. */
  end(reason: "stop" | "length"): Delta[] {
    if (this.done) return [];
    const { reader } = this.options;
    const last = this.cut([...reader.push(this.decoder.flush()), ...reader.end(reason)]);
    const held = this.done ? "" : this.stops.flush();
    this.done = true;
    return held === "" ? last : [...last, { type: "content", text: held }];
  }

  /** Whether a tool call was made. */
  get hasCalled(): boolean {
    return this.options.reader.calls.begun > 0;
  }

  /** The parts up to where a stop text, or the end of the JSON value, ends the answer. */
  private cut(deltas: Delta[]): Delta[] {
    const kept: Delta[] = [];
    for (const delta of deltas) {
      if (this.done) return kept;
      if (delta.type === "content" && delta.isThought !== true) kept.push(...this.cutText(delta.text));
      else {
        kept.push(...this.released());
        if (!this.done) kept.push(delta);
      }
    }
    return kept;
  }

  /** Text that was the beginning of a stop text: a thought or a call that follows ends it. */
  private released(): Delta[] {
    const text = this.stops.flush();
    return text === "" ? [] : this.untilJsonEnd(text);
  }

  private cutText(piece: string): Delta[] {
    const { text, stop } = this.stops.push(piece);
    this.stoppedBy = stop;
    this.done = stop !== undefined;
    return this.untilJsonEnd(this.options.keepsStop === true ? text + (stop ?? "") : text);
  }

  private untilJsonEnd(text: string): Delta[] {
    const end = this.json?.push(text);
    this.done ||= end !== undefined;
    const shown = end === undefined ? text : text.slice(0, end);
    return shown === "" ? [] : [{ type: "content", text: shown }];
  }
}

function isOfThought(delta: Delta): boolean {
  return delta.type === "reasoning" || (delta.type === "content" && delta.isThought === true);
}
