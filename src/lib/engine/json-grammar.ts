import type { GbnfJsonObjectSchema, Llama, LlamaGrammar, LlamaGrammarEvaluationState, LlamaModel } from "node-llama-cpp";
import { checkJsonSchema } from "./json-schema-subset.js";

const KEPT_GRAMMARS = 32;

/** Grammars made of JSON schemas; the last few are kept, since a judge asks for the same one again and again. */
export class JsonGrammars {
  private readonly llama: Llama;
  private readonly model: LlamaModel;
  private readonly kept = new Map<string, LlamaGrammar>();

  constructor(llama: Llama, model: LlamaModel) {
    this.llama = llama;
    this.model = model;
  }

  /** A fresh state for one completion. Throws INVALID_ARGUMENT for a schema that cannot be enforced. */
  async stateFor(schema: object): Promise<LlamaGrammarEvaluationState> {
    const { LlamaGrammarEvaluationState } = await import("node-llama-cpp");
    const key = JSON.stringify(schema);
    const grammar = this.kept.get(key) ?? (await this.create(schema));
    this.kept.delete(key);
    this.kept.set(key, grammar);
    const oldest = this.kept.keys().next().value;
    if (this.kept.size > KEPT_GRAMMARS && oldest !== undefined) this.kept.delete(oldest);
    return new LlamaGrammarEvaluationState({ model: this.model, grammar });
  }

  private async create(schema: object): Promise<LlamaGrammar> {
    checkJsonSchema(schema);
    return this.llama.createGrammarForJsonSchema(schema as GbnfJsonObjectSchema);
  }
}

/** True once the text is one whole JSON value: a grammar lets the model go on with white space after it. */
export function isWholeJson(text: string): boolean {
  if (!/[}\]"\w]\s*$/.test(text)) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
