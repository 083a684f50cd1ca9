import type { LlamaGrammarEvaluationState } from "node-llama-cpp";
import type { AnswerReader } from "../chat/formats/answer-reader.js";
import type { Delta } from "../chat/formats/delta.js";
import type { NativeSampler } from "./native-context.js";
import type { TokenText } from "./token-bytes.js";

type GrammarState = () => LlamaGrammarEvaluationState;

/** What an answer is held to, by its parts. */
export interface PilotGrammars {
  /** From the first token on, until a thought begins. */
  start: GrammarState | undefined;
  /** Once the thought is over. */
  answer: GrammarState | undefined;
  /** After the mark that calls begin with. */
  calls: { mark: string; grammar: GrammarState } | undefined;
}

export interface PilotOptions {
  /** Reads the answer along with its tokens. */
  reader: AnswerReader;
  decoder: TokenText;
  grammars: PilotGrammars;
  /** Tokens a thought may have; undefined for any number. */
  budget: number | undefined;
  /** The mark that ends thoughts. */
  close: string;
  isEndToken: (token: number) => boolean;
  /** The tokens of a text with names of control tokens in it. */
  tokenize: (text: string) => readonly number[];
}

/**
 * Holds an answer to what is asked of its parts while its tokens are chosen: a grammar that begins after the thought, or after the mark
 * of a tool call, and a thought that ends in time.
 */
export class AnswerPilot {
  private readonly options: PilotOptions;
  private sampler: NativeSampler | undefined;
  private readonly chosen: number[] = [];
  /** Tokens that come next whatever is sampled. */
  private forced: number[] = [];
  private thoughtTokens = 0;
  /** The end of the text so far: the beginning of a mark may be in it. */
  private tail = "";
  /** What holds from the next token on that is not forced. */
  private next: { grammar: GrammarState | undefined } | undefined;
  private part: "start" | "thought" | "rest" | "held";

  constructor(options: PilotOptions) {
    this.options = options;
    this.part = options.reader.inThought ? "thought" : "start";
  }

  /** The grammar that the first token is chosen with. */
  get first(): LlamaGrammarEvaluationState | undefined {
    return this.part === "start" ? this.options.grammars.start?.() : undefined;
  }

  /** The sampler of the answer, once there is one. */
  attach(sampler: NativeSampler): void {
    this.sampler = sampler;
  }

  /** The token to take where this one was sampled. Has to be called between two steps. */
  steer(sampled: number): number {
    const forced = this.forced.shift();
    const token = forced ?? this.choose(sampled);
    this.chosen.push(token);
    if (forced !== undefined) this.read(token);
    if (this.forced.length === 0 && this.next) {
      this.sampler?.constrain(this.next.grammar?.(), this.chosen);
      this.next = undefined;
    }
    return token;
  }

  private choose(sampled: number): number {
    if (this.part === "held") return sampled;
    const { reader, grammars, isEndToken, close } = this.options;
    if (isEndToken(sampled)) {
      // an answer that is to follow a grammar does not end with the thought
      return this.part === "thought" && grammars.answer ? this.force(close, sampled) : sampled;
    }
    const before = this.tail;
    const deltas = this.read(sampled);
    if (reader.inThought) return this.think(sampled);
    if (this.part === "thought" && grammars.answer) {
      // a token with the end of the mark and the beginning of the answer would get around the grammar
      if (deltas.some(({ type }) => type === "content")) return this.force(close.slice(overlap(before, close)), sampled);
      return this.hold(grammars.answer, sampled);
    }
    return this.watch(sampled, deltas.length > 0);
  }

  /** Outside thoughts: a call that begins is held to its grammar. */
  private watch(sampled: number, hasText: boolean): number {
    const { reader, grammars } = this.options;
    if (this.part === "thought" || (hasText && !grammars.start)) this.part = "rest";
    const { calls } = grammars;
    return calls && reader.openedBy === calls.mark ? this.hold(calls.grammar, sampled) : sampled;
  }

  private read(token: number): readonly Delta[] {
    const { reader, decoder, close } = this.options;
    const text = decoder.push(token);
    this.tail = (this.tail + text).slice(-Math.max(64, close.length));
    return reader.push(text);
  }

  private think(sampled: number): number {
    const { grammars, budget, close } = this.options;
    if (this.part !== "thought") {
      this.part = "thought";
      if (grammars.start) this.next = { grammar: undefined };
      return sampled;
    }
    this.thoughtTokens++;
    return budget === undefined || this.thoughtTokens <= budget ? sampled : this.force(close, sampled);
  }

  /** Holds what follows to a grammar. */
  private hold(grammar: GrammarState, sampled: number): number {
    this.part = "held";
    this.next = { grammar };
    return sampled;
  }

  /** Writes a text, and continues the answer after it; gives its first token. */
  private force(text: string, sampled: number): number {
    const { grammars, tokenize } = this.options;
    const [first = sampled, ...more] = tokenize(text);
    this.forced = more;
    this.part = grammars.answer ? "held" : "rest";
    if (grammars.answer) this.next = { grammar: grammars.answer };
    this.read(first);
    return first;
  }
}

/** The length of the longest beginning of a mark that a text ends with. */
function overlap(text: string, mark: string): number {
  for (let length = Math.min(text.length, mark.length); length > 0; length--) {
    if (text.endsWith(mark.slice(0, length))) return length;
  }
  return 0;
}
