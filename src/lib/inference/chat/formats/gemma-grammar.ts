import { tellingKeywords } from "../../grammar/keywords.js";
import { literal } from "../../grammar/rules.js";
import { sequence } from "./grammar-parts.js";
import { isSchema, typesIn } from "./schema-types.js";
import type { SchemaGrammar, ToolAt } from "./value-grammar.js";

interface GemmaAt extends ToolAt {
  /** What stands before and after a string. */
  quote: string;
}

const BOOLEAN = '( "true" | "false" )';
const INTEGER = '"-"? ( "0" | [1-9] [0-9]{0,15} )';
const NUMBER = `${INTEGER} ( "." [0-9]{1,15} )? ( [eE] [-+]? [0-9]{1,3} )?`;
const SCALARS: ReadonlyMap<string, string> = new Map([
  ["boolean", BOOLEAN],
  ["null", '"null"'],
  ["integer", INTEGER],
  ["number", NUMBER],
]);

/** What is held of a value that is not an object with members. */
const HELD = new Set(["type", "const", "enum", "items"]);
const HELD_WITH_TYPES = new Set([...HELD, "anyOf", "oneOf"]);
const HELD_OF_OBJECTS = new Set([...HELD, "properties", "required", "additionalProperties"]);
const REASON = "this model writes values in a way of its own";

/**
 * The expression of a value as Gemma writes it: strings between marks of their own, names of members without any. Types, listed values,
 * members and items are held; throws UNSUPPORTED_PARAMETER where a strict tool wants more.
 */
export function gemmaValue(grammar: SchemaGrammar, schema: unknown, at: GemmaAt): string {
  const string = sequence(literal(at.quote), grammar.until(at.quote));
  const literals = isSchema(schema) && (schema["const"] !== undefined || Array.isArray(schema["enum"]));
  grammar.nameUnheld(schema, at, { held: heldOf(schema), reason: REASON });
  if (literals) return literalValues(schema, at.quote);
  const types = typesIn(schema, at.tool.parameters) ?? new Set(["string", "number", "boolean", "null", "array", "object"]);
  const alternatives = [...types].map((type) => {
    if (type === "string") return string;
    if (type === "array") return list(grammar, isSchema(schema) ? schema["items"] : undefined, at);
    return type === "object" ? object(grammar, schema, at) : (SCALARS.get(type) ?? string);
  });
  return alternatives.length === 1 ? (alternatives[0] ?? string) : grammar.rules.add("value", alternatives.join(" | "));
}

function heldOf(schema: unknown): ReadonlySet<string> {
  if (!isSchema(schema)) return HELD;
  // the members of objects are told by `members`
  if (isSchema(schema["properties"])) return HELD_OF_OBJECTS;
  const alternatives = schema["anyOf"] ?? schema["oneOf"];
  const areTypes = Array.isArray(alternatives) && alternatives.every((one) => isSchema(one) && tellingKeywords(one).join() === "type");
  return areTypes ? HELD_WITH_TYPES : HELD;
}

function literalValues(schema: Readonly<Record<string, unknown>>, quote: string): string {
  const values = schema["const"] === undefined ? (schema["enum"] as unknown[]) : [schema["const"]];
  return `( ${values.map((value) => literal(typeof value === "string" ? `${quote}${value}${quote}` : JSON.stringify(value))).join(" | ")} )`;
}

function list(grammar: SchemaGrammar, items: unknown, at: GemmaAt): string {
  const item = items === undefined ? anything(grammar, at) : gemmaValue(grammar, items, { ...at, pointer: `${at.pointer}/items` });
  return `"[" ( ${item} ( "," ${item} )* )? "]"`;
}

function object(grammar: SchemaGrammar, schema: unknown, at: GemmaAt): string {
  if (!isSchema(schema) || !isSchema(schema["properties"])) return anyObject(grammar, at);
  const write = (name: string, member: unknown, pointer: string) =>
    sequence(literal(`${name}:`), gemmaValue(grammar, member, { ...at, pointer }));
  return sequence('"{"', grammar.members({ ...at, tool: { ...at.tool, parameters: schema } }, { between: ",", write }), '"}"');
}

/** Any value at all. */
function anything(grammar: SchemaGrammar, at: GemmaAt): string {
  return grammar.rules.once(`any-${at.quote}`, (name) => {
    const string = sequence(literal(at.quote), grammar.until(at.quote));
    const inner = `"[" ( ${name} ( "," ${name} )* )? "]" | "{" ( [a-zA-Z0-9_]+ ":" ${name} ( "," [a-zA-Z0-9_]+ ":" ${name} )* )? "}"`;
    return `${string} | ${NUMBER} | ${BOOLEAN} | "null" | ${inner}`;
  });
}

function anyObject(grammar: SchemaGrammar, at: GemmaAt): string {
  const value = anything(grammar, at);
  return `"{" ( [a-zA-Z0-9_]+ ":" ${value} ( "," [a-zA-Z0-9_]+ ":" ${value} )* )? "}"`;
}
