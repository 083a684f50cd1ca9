import { Effort } from "./automaton.js";
import { GrammarRules } from "./rules.js";
import { SchemaCompiler, type Relaxed } from "./schema-compiler.js";
import { SchemaDocument } from "./schema-document.js";

export type { Relaxed } from "./schema-compiler.js";

/** Steps of making automata: a second or so at most, in a thread of its own. */
const EFFORT = 600_000;

export interface SchemaOptions {
  /** Refuse what a grammar cannot hold an answer to, instead of naming it. */
  strict: boolean;
  /** The request parameter that refusals name. */
  param: string;
  /** Compile the schema at this JSON pointer within the whole one, such as /properties/city: its references lead to the whole one's. */
  pointer?: string;
  /** Allow objects only, whatever the schema says of other values. */
  objectsOnly?: boolean;
  /**
   * Also allow what a schema allows only by not speaking of it: members beside those in "properties", items after those in "prefixItems".
   * A model would hardly find an end of them; where "additionalProperties" or "items" speak of them, they are allowed anyway.
   */
  open?: boolean;
  /** Steps of making automata that all schemas of a grammar have together; of its own where it is left out. */
  effort?: Effort;
}

/**
 * Adds the rules of a JSON schema (draft 2020-12, and the spellings of draft 7 and OpenAPI 3.0) and gives the expression that an answer
 * has to match, to be used anywhere in a grammar. `relaxed` names what answers are not held to. Throws INVALID_ARGUMENT naming the place in
 * the schema for what is wrong, too large or allows no value, UNSUPPORTED_PARAMETER where `strict` and something cannot be held.
 */
export function addJsonSchema(
  rules: GrammarRules,
  schema: unknown,
  { strict, param, pointer = "", objectsOnly = false, open = false, effort = new Effort(EFFORT) }: SchemaOptions,
): { expression: string; relaxed: readonly Relaxed[] } {
  const document = new SchemaDocument(schema, param);
  const node = document.at(document.root, pointer);
  if (!node) throw document.refusal(pointer, "nothing stands at this place of the schema");
  const objects = objectsOnly ? [document.child(document.root, OBJECTS, "")] : [];
  return new SchemaCompiler(rules, document, { strict, open, effort }).compile(node, ...objects);
}

const OBJECTS = { type: "object" };

/** The grammar of a JSON schema alone. Throws as addJsonSchema does. */
export function compileJsonSchema(schema: unknown, options: SchemaOptions): { grammar: string; relaxed: readonly Relaxed[] } {
  const rules = new GrammarRules();
  const { expression, relaxed } = addJsonSchema(rules, schema, options);
  return { grammar: rules.toGrammar(expression), relaxed };
}
