import { literal } from "../../grammar/rules.js";
import type { TaggedCallStyle } from "./call-tagged.js";
import { anyOf, maybe, sequence, several, text, type CallGrammar, type CallGrammarOptions } from "./grammar-parts.js";
import type { SchemaGrammar, ToolAt } from "./value-grammar.js";

/** The grammar of calls whose arguments stand between tags: strings as they are, other values as JSON. */
export function taggedCalls(grammar: SchemaGrammar, style: TaggedCallStyle, { tools, parallel }: CallGrammarOptions): CallGrammar {
  const [begin, end] = style.section;
  const { layout } = style;
  const calls = tools.map((at) => {
    const written = grammar.members(at, {
      between: "",
      write: (name, schema, pointer) => argument(grammar, style, { name, schema, at: { ...at, pointer } }),
    });
    return sequence(literal(at.tool.name), nameEnd(style), text(layout.head), written, text(style.close));
  });
  const call = anyOf(grammar.rules, calls);
  if (begin === "") return { open: style.open, rest: several(call, sequence(maybe(layout.call), text(style.open)), parallel) };
  const opened = sequence(maybe(layout.section), text(style.open), call);
  if (style.sharesSection)
    return { open: begin, rest: sequence(several(opened, maybe(layout.call), parallel), maybe(layout.call), text(end)) };
  const whole = sequence(opened, maybe(layout.call), text(end));
  return { open: begin, rest: several(whole, sequence(maybe("\n"), text(begin)), parallel) };
}

function nameEnd({ nameEnd: [end = ""], counted }: TaggedCallStyle): string {
  return counted === undefined ? text(end) : sequence(literal(counted), "[0-9]{1,3}", literal(`"${end}`));
}

interface Argument {
  name: string;
  schema: unknown;
  at: ToolAt;
}

function argument(grammar: SchemaGrammar, style: TaggedCallStyle, { name, schema, at }: Argument): string {
  const { open, close, typed, repeatsName } = style.argument;
  const isString = grammar.isString(schema, at);
  const end = repeatsName === true ? close.replace("%", () => name) : close;
  const head = text(`${open}${name}${typed === undefined ? "" : typeOf(typed, isString)}${style.argument.nameEnd}`);
  const line = style.valueLines ? "\n" : "";
  const tail = text(style.layout.argument);
  if (!isString) return sequence(head, text(line), grammar.json(at), text(line + end), tail);
  const literals = grammar.literalsOf(schema, at);
  if (!literals) return sequence(head, text(line), grammar.until(end), tail);
  const values = literals.map((value) => literal(value)).join(" | ");
  return sequence(head, text(line), `( ${values} )`, text(line + end), tail);
}

function typeOf(typed: "dsml" | "kimi", isString: boolean): string {
  // Kimi K3 names the type, which JSON says again
  return typed === "dsml" ? `" string="${String(isString)}` : `" type="${isString ? "string" : "object"}"`;
}
