import { randomUUID } from "node:crypto";
import type { GbnfJsonObjectSchema, Llama, LlamaGrammar, LlamaGrammarEvaluationState, LlamaModel } from "node-llama-cpp";
import type { ResponseFormat } from "../openai/completion.js";
import { messageOf } from "../../base/errors/llmops-error.js";
import { checkJsonSchema, unenforceable } from "./json-schema-subset.js";
import { extractLiterals, literalRules } from "./literal-grammar.js";
import { Recent } from "./recent.js";

const KEPT_GRAMMARS = 32;

/** RFC 8259, with an object at the root and bounded white space, so that a model cannot continue with spaces for ever. */
const JSON_OBJECT = String.raw`
root   ::= object
value  ::= object | array | string | number | "true" | "false" | "null"
object ::= "{" ws ( string ":" ws value ws ( "," ws string ":" ws value ws )* )? "}"
array  ::= "[" ws ( value ws ( "," ws value ws )* )? "]"
string ::= "\"" ( [^"\\\x7F\x00-\x1F] | "\\" ( ["\\/bfnrt] | "u" [0-9a-fA-F] [0-9a-fA-F] [0-9a-fA-F] [0-9a-fA-F] ) )* "\""
number ::= "-"? ( "0" | [1-9] [0-9]{0,15} ) ( "." [0-9]{1,15} )? ( [eE] [-+]? [0-9]{1,3} )?
ws     ::= | " " | "\n" [ \t]{0,20}
`;

/** Grammars made of response formats; the last few are kept, since a judge asks for the same one again and again. */
export class JsonGrammars {
  private readonly llama: Llama;
  private readonly model: LlamaModel;
  private readonly kept = new Recent<LlamaGrammar>(KEPT_GRAMMARS);

  constructor(llama: Llama, model: LlamaModel) {
    this.llama = llama;
    this.model = model;
  }

  /** Makes fresh grammar states for completions. Throws INVALID_ARGUMENT, naming `param`, for a schema that cannot be enforced. */
  async statesFor(format: ResponseFormat, param: string): Promise<() => LlamaGrammarEvaluationState> {
    const { LlamaGrammarEvaluationState } = await import("node-llama-cpp");
    const key = JSON.stringify(format);
    const grammar = this.kept.get(key) ?? (await this.create(format, param));
    this.kept.set(key, grammar);
    return () => new LlamaGrammarEvaluationState({ model: this.model, grammar });
  }

  private async create(format: ResponseFormat, param: string): Promise<LlamaGrammar> {
    if (format.type === "json_object") return this.llama.createGrammar({ grammar: JSON_OBJECT });
    checkJsonSchema(format.schema, param);
    try {
      return await this.createFor(format.schema);
    } catch (error) {
      throw unenforceable(`no grammar can be made of it (${messageOf(error)})`, { param }); // what llama.cpp itself bounds, such as counts of large items
    }
  }

  /** Lists of literals have rules of their own: with the library's, each value would be an alternative that every step looks at. */
  private async createFor(schema: object): Promise<LlamaGrammar> {
    const mark = randomUUID();
    const { schema: rest, lists } = extractLiterals(schema, mark);
    const made = await this.llama.createGrammarForJsonSchema(rest as GbnfJsonObjectSchema);
    if (lists.length === 0) return made;
    const rules = lists.flatMap((literals, index) => literalRules(`literal${index}-`, literals));
    const grammar = made.grammar.replace(new RegExp(String.raw`"\\"${mark}(\d+)\\""`, "g"), "literal$1-");
    return this.llama.createGrammar({ grammar: [grammar, ...rules].join("\n") });
  }
}
