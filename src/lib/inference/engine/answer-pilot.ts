import type { LlamaGrammarEvaluationState } from "node-llama-cpp";
import type { AnswerReader } from "../chat/formats/answer-reader.js";
import type { Delta } from "../chat/formats/delta.js";
import type { NativeSampler } from "./native-sampler.js";
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

/** A token outside thoughts. */
interface Step {
  /** The end of the text before it. */
  before: string;
  text: string;
  /** It gave a part of the answer. */
  hasText: boolean;
  /** How many marks of calls came before it. */
  marksMet: number;
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
    const { marksMet } = reader;
    const { text, deltas } = this.read(sampled);
    if (reader.inThought) return this.think(sampled);
    if (this.part === "thought" && grammars.answer) {
      // a token with the end of the mark and the beginning of the answer would get around the grammar
      if (deltas.some(({ type }) => type === "content")) return this.force(close.slice(overlap(before, close)), sampled);
      return this.hold(grammars.answer, sampled);
    }
    return this.watch(sampled, { before, text, hasText: deltas.length > 0, marksMet });
  }

  /** Outside thoughts: a call is held to its grammar from its mark on. */
  private watch(sampled: number, { before, text, hasText, marksMet }: Step): number {
    const { reader, grammars } = this.options;
    const { calls, start } = grammars;
    if (this.part === "thought" || (hasText && !start)) this.part = "rest";
    if (!calls || reader.marksMet === marksMet) return sampled;
    if (reader.openedBy === calls.mark) return this.hold(calls.grammar, sampled);
    // a token with the end of the mark and the beginning of the call would get around the grammar
    const all = before + text;
    const end = all.lastIndexOf(calls.mark) + calls.mark.length;
    return all.includes(calls.mark) && end > before.length ? this.force(all.slice(before.length, end), sampled, calls.grammar) : sampled;
  }

  private read(token: number): { text: string; deltas: readonly Delta[] } {
    const { reader, decoder, close, grammars } = this.options;
    const text = decoder.push(token);
    const longest = Math.max(64, close.length, grammars.calls?.mark.length ?? 0);
    this.tail = (this.tail + text).slice(-longest);
    return { text, deltas: reader.push(text) };
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

  /** Writes a text, and continues the answer after it, held to a grammar where there is one; gives its first token. */
  private force(text: string, sampled: number, grammar = this.options.grammars.answer): number {
    const { tokenize } = this.options;
    const [first = sampled, ...more] = tokenize(text);
    this.forced = more;
    this.part = grammar ? "held" : "rest";
    if (grammar) this.next = { grammar };
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
