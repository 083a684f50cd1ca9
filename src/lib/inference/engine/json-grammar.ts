import type { Llama, LlamaGrammar, LlamaGrammarEvaluationState, LlamaModel } from "node-llama-cpp";
import { LlmopsError, messageOf } from "../../base/errors/llmops-error.js";
import type { AnswerGrammars } from "../chat/formats/answer-grammar.js";
import type { Relaxed } from "../grammar/json-schema.js";
import type { ResponseFormat } from "../openai/completion.js";
import { GrammarThread } from "./grammar-thread.js";
import type { HeldAnswer } from "./make-grammar.js";
import { Recent } from "./recent.js";

const KEPT_GRAMMARS = 32;

/** What holds the answers of one request to its format. */
export interface AnswerGrammar {
  /** A fresh state for one answer. */
  begin: () => LlamaGrammarEvaluationState;
  /** What of the format answers are not held to. */
  relaxed: readonly Relaxed[];
}

interface Kept {
  grammar: LlamaGrammar;
  relaxed: readonly Relaxed[];
}

/** Grammars made of response formats; the last few are kept, since a judge asks for the same one again and again. */
export class JsonGrammars {
  private readonly llama: Llama;
  private readonly model: LlamaModel;
  private readonly kept = new Recent<Kept>(KEPT_GRAMMARS);
  private readonly keptAnswers = new Recent<AnswerGrammars>(KEPT_GRAMMARS);
  private readonly thread = new GrammarThread();

  constructor(llama: Llama, model: LlamaModel) {
    this.llama = llama;
    this.model = model;
  }

  /**
   * The grammar of a format. Throws INVALID_ARGUMENT or UNSUPPORTED_PARAMETER, naming `param` or the format's own field, for what answers
   * cannot be held to.
   */
  async grammarFor(format: ResponseFormat, param: string): Promise<AnswerGrammar> {
    const { LlamaGrammarEvaluationState } = await import("node-llama-cpp");
    const key = JSON.stringify(format);
    const { grammar, relaxed } = this.kept.get(key) ?? (await this.create(format, param));
    this.kept.set(key, { grammar, relaxed });
    return { begin: () => new LlamaGrammarEvaluationState({ model: this.model, grammar }), relaxed };
  }

  /**
   * The grammars of an answer in a model's format, as text (GBNF). Throws INVALID_ARGUMENT or UNSUPPORTED_PARAMETER for what it cannot be
   * held to.
   */
  async answerGrammars(held: HeldAnswer): Promise<AnswerGrammars> {
    // formats of one name differ in the marks of thoughts, which follow the template
    const key = JSON.stringify(held);
    const grammars = this.keptAnswers.get(key) ?? (await this.thread.make({ kind: "answer", held }));
    this.keptAnswers.set(key, grammars);
    return grammars;
  }

  /** The grammar that was made already (GBNF). Throws INVALID_ARGUMENT, naming `param`, where llama.cpp does not take it, or would be held up. */
  async statesOf(gbnf: string, param: string): Promise<() => LlamaGrammarEvaluationState> {
    const { LlamaGrammarEvaluationState } = await import("node-llama-cpp");
    const grammar = this.kept.get(gbnf)?.grammar ?? (await this.parse(gbnf, param));
    this.kept.set(gbnf, { grammar, relaxed: [] });
    return () => new LlamaGrammarEvaluationState({ model: this.model, grammar });
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
    return { grammar: await this.llama.createGrammar({ grammar }), relaxed };
  }
}
