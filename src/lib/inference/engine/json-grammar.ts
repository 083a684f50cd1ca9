import type { Llama, LlamaGrammar, LlamaGrammarEvaluationState, LlamaModel } from "node-llama-cpp";
import { LlmopsError, messageOf } from "../../base/errors/llmops-error.js";
import type { AnswerGrammars } from "../chat/formats/answer-grammar.js";
import type { Relaxed } from "../grammar/json-schema.js";
import type { ResponseFormat } from "../openai/completion.js";
import { GrammarThread } from "./grammar-thread.js";
import type { HeldAnswer } from "./make-grammar.js";
import { Recent } from "./recent.js";
import { Turns, type Asking } from "./turns.js";

const KEPT_GRAMMARS = 32;
/** Of the texts of grammars and of what they were made of: a large one takes a few megabytes. */
const KEPT_BYTES = 32 * 1024 * 1024;

/** What holds the answers of one request to its format. */
export interface AnswerGrammar {
  /** A fresh state for one answer. */
  begin: () => LlamaGrammarEvaluationState;
  /** What of the format answers are not held to. */
  relaxed: readonly Relaxed[];
}

interface Kept {
  /** The text that llama.cpp reads for each answer. */
  text: string;
  grammar: LlamaGrammar;
  relaxed: readonly Relaxed[];
}

/** The field of a request that refusals name, and who asks. */
export type AskingField = Asking & { param: string };

/** Grammars made of response formats; the last few are kept, since a judge asks for the same one again and again. */
export class JsonGrammars {
  private readonly llama: Llama;
  private readonly model: LlamaModel;
  private readonly kept = new Recent<Kept>(KEPT_GRAMMARS, { most: KEPT_BYTES, sizeOf: ({ text }) => bytesOf(text) });
  private readonly keptAnswers = new Recent<AnswerGrammars>(KEPT_GRAMMARS, { most: KEPT_BYTES, sizeOf: bytesOfAnswer });
  private readonly thread = new GrammarThread();
  private readonly turns = new Turns();
  /** What each caller waits for, until it is made or could not be. */
  private readonly making = new Map<string, Promise<unknown>>();

  constructor(llama: Llama, model: LlamaModel) {
    this.llama = llama;
    this.model = model;
  }

  /**
   * The grammar of a format. Throws INVALID_ARGUMENT or UNSUPPORTED_PARAMETER, naming `param` or the format's own field, for what answers
   * cannot be held to.
   */
  async grammarFor(format: ResponseFormat, { param, ...asking }: AskingField): Promise<AnswerGrammar> {
    const { LlamaGrammarEvaluationState } = await import("node-llama-cpp");
    const key = JSON.stringify(format);
    const { grammar, relaxed } = await this.keep(this.kept, key, () => this.create(format, param), asking);
    return { begin: () => new LlamaGrammarEvaluationState({ model: this.model, grammar }), relaxed };
  }

  /**
   * The grammars of an answer in a model's format, as text (GBNF). Throws INVALID_ARGUMENT or UNSUPPORTED_PARAMETER for what it cannot be
   * held to.
   */
  async answerGrammars(held: HeldAnswer, asking: Asking = {}): Promise<AnswerGrammars> {
    // formats of one name differ in the marks of thoughts, which follow the template
    const key = JSON.stringify(held);
    return this.keep(this.keptAnswers, key, () => this.thread.make({ kind: "answer", held }), asking);
  }

  /** The grammar that was made already (GBNF). Throws INVALID_ARGUMENT, naming `param`, where llama.cpp does not take it, or would be held up. */
  async statesOf(gbnf: string, { param, ...asking }: AskingField): Promise<() => LlamaGrammarEvaluationState> {
    const { LlamaGrammarEvaluationState } = await import("node-llama-cpp");
    const make = async () => ({ grammar: await this.parse(gbnf, param), relaxed: [], text: gbnf });
    const { grammar } = await this.keep(this.kept, gbnf, make, asking);
    return () => new LlamaGrammarEvaluationState({ model: this.model, grammar });
  }

  /** What is kept by a key, or is made in the caller's turn. Requests of a caller for the same are one piece of work. */
  private async keep<Value>(kept: Recent<Value>, key: string, make: () => Promise<Value>, asking: Asking): Promise<Value> {
    const own = `${asking.caller ?? ""}\n${key}`;
    // whoever came first may have left, or been refused: then the next one asks
    for (let first = this.making.get(own); first !== undefined && kept.get(key) === undefined; first = this.making.get(own)) {
      await unlessAborted(first, asking.signal);
    }
    const known = kept.get(key);
    if (known !== undefined) return known;
    const made = this.turns.take(async () => {
      // by its turn another caller's request may have made it
      const value = kept.get(key) ?? (await make());
      kept.set(key, value);
      return value;
    }, asking);
    const ended = made.then(nothing, nothing).then(() => this.making.delete(own));
    this.making.set(own, ended);
    return made;
  }

  private async parse(grammar: string, param: string): Promise<LlamaGrammar> {
    await this.thread.make({ kind: "check", grammar, param });
    try {
      return await this.llama.createGrammar({ grammar });
    } catch (cause) {
      throw new LlmopsError("INVALID_ARGUMENT", `${param}: no answer can be held to it: ${messageOf(cause)}.`, { param, cause });
    }
  }

  private async create(format: ResponseFormat, param: string): Promise<Kept> {
    const { grammar, relaxed } = await this.thread.make({ kind: "format", format, param });
    return { grammar: await this.llama.createGrammar({ grammar }), relaxed, text: grammar };
  }
}

function nothing(): void {}

/** Waits for what does not fail. Throws the signal's reason where that comes first. */
async function unlessAborted(work: Promise<unknown>, signal: AbortSignal | undefined): Promise<void> {
  signal?.throwIfAborted();
  await new Promise<void>((resolve, reject) => {
    const leave = () => reject(signal?.reason as Error);
    signal?.addEventListener("abort", leave, { once: true });
    void work.then(() => {
      signal?.removeEventListener("abort", leave);
      resolve();
    });
  });
}

/** In memory, where a text has two bytes for each unit. */
function bytesOf(text: string | undefined): number {
  return 2 * (text?.length ?? 0);
}

function bytesOfAnswer({ start, answer, calls }: AnswerGrammars): number {
  return bytesOf(start) + bytesOf(answer) + bytesOf(calls?.grammar);
}
