import { literal } from "../../grammar/rules.js";
import type { GemmaCallStyle } from "./call-gemma.js";
import type { JsonCallStyle } from "./call-json.js";
import type { NamedCallStyle } from "./call-named.js";
import type { PythonicCallStyle } from "./call-pythonic.js";
import type { CallStyle } from "./format.js";
import { gemmaValue } from "./gemma-grammar.js";
import { anyOf, maybe, sequence, several, text, type CallGrammar, type CallGrammarOptions } from "./grammar-parts.js";
import { taggedCalls } from "./tagged-grammar.js";
import type { SchemaGrammar, ToolAt } from "./value-grammar.js";

/**
 * The grammar of tool calls in a family's own syntax. Throws INVALID_ARGUMENT for the schema of a strict tool that no grammar holds;
 * what is relaxed of others' is added to `grammar.relaxed`.
 */
export function callGrammar(grammar: SchemaGrammar, style: CallStyle, options: CallGrammarOptions): CallGrammar {
  switch (style.kind) {
    case "json":
      return jsonCalls(grammar, style, options);
    case "named":
      return namedCalls(grammar, style, options);
    case "tagged":
      return taggedCalls(grammar, style, options);
    case "pythonic":
      return pythonicCalls(grammar, style, options);
    case "gemma":
      return gemmaCalls(grammar, style, options);
  }
}

function jsonCalls(grammar: SchemaGrammar, style: JsonCallStyle, { tools, parallel }: CallGrammarOptions): CallGrammar {
  const open = style.open[0] ?? "";
  const call = anyOf(
    grammar.rules,
    tools.map((at) => jsonCall(grammar, style, at)),
  );
  const [before, after] = style.layout ?? ["", ""];
  const end = sequence(maybe(after), text(style.close));
  switch (style.several) {
    case "list":
      return { open, rest: sequence("[ \\n]?", text("["), "[ \\n]*", several(call, text(", "), parallel), "[ \\n]?", text("]"), end) };
    case "lines":
      return { open, rest: sequence(maybe(before), several(call, text("\n"), parallel), end) };
    case "semicolons":
      return { open, rest: several(call, text("; "), parallel) };
    case "marks":
      return { open, rest: several(sequence(maybe(before), call, end), sequence(maybe("\n"), text(open)), parallel) };
  }
}

function jsonCall(grammar: SchemaGrammar, { members, nameIsKey }: JsonCallStyle, at: ToolAt): string {
  const name = JSON.stringify(at.tool.name);
  const values = grammar.arguments(at);
  if (nameIsKey === true) return sequence(text(`{${name}: `), values, text("}"));
  const id = (before: string, after: string) =>
    `( ${sequence(literal(`${before}"${members.id ?? ""}": "`), "[a-zA-Z0-9]{1,16}", literal(`"${after}`))} )?`;
  const head = text(`"${members.name}": ${name}, "${members.arguments}": `);
  if (members.id === undefined) return sequence(text("{"), head, values, text("}"));
  return members.idFirst === true
    ? sequence(text("{"), id("", ", "), head, values, text("}"))
    : sequence(text("{"), head, values, id(", ", ""), text("}"));
}

function namedCalls(grammar: SchemaGrammar, style: NamedCallStyle, { tools, parallel }: CallGrammarOptions): CallGrammar {
  const { section, prefix = "", beforeArguments, close, between = "" } = style;
  const calls = tools.map((at) =>
    sequence(text(prefix), namedHead(at.tool.name, style.id), text(beforeArguments[0] ?? ""), grammar.arguments(at), text(close[0] ?? "")),
  );
  const call = anyOf(grammar.rules, calls);
  const [begin, end] = section;
  if (begin === "") return { open: style.open, rest: several(call, sequence(maybe("\n"), text(style.open)), parallel) };
  const opened = sequence(text(style.open), call);
  return { open: begin, rest: sequence(maybe("\n"), several(opened, maybe(between), parallel), maybe("\n"), text(end)) };
}

/** A name as it is written, with an id where the family has one there. */
function namedHead(name: string, id: NamedCallStyle["id"]): string {
  if (id === undefined) return literal(name);
  if (id === "name") return sequence(literal(`functions.${name}:`), "[0-9]{1,3}");
  if ("before" in id) return sequence("[a-zA-Z0-9_-]{1,32}", literal(id.before), literal(name));
  return sequence(literal(name), `( ${literal(id.after)} [a-zA-Z0-9]{9} )?`);
}

function pythonicCalls(grammar: SchemaGrammar, style: PythonicCallStyle, { tools, parallel }: CallGrammarOptions): CallGrammar {
  const calls = tools.map((at) => {
    const write = (name: string, _schema: unknown, pointer: string) => sequence(literal(`${name}=`), grammar.json({ ...at, pointer }));
    return sequence(literal(`${at.tool.name}(`), grammar.members(at, { between: ", ", write }), literal(")"));
  });
  const list = sequence(literal("["), several(anyOf(grammar.rules, calls), literal(", "), parallel), literal("]"));
  const [open = ""] = style.open;
  return { open, rest: sequence(list, text(open === "" ? "" : style.close)) };
}

function gemmaCalls(grammar: SchemaGrammar, style: GemmaCallStyle, { tools, parallel }: CallGrammarOptions): CallGrammar {
  const calls = tools.map((at) => {
    const write = (name: string, schema: unknown, pointer: string) =>
      sequence(literal(`${name}:`), gemmaValue(grammar, schema, { ...at, pointer, quote: style.quote }));
    return sequence(literal(`call:${at.tool.name}{`), grammar.members(at, { between: ",", write }), literal(`}${style.close}`));
  });
  return { open: style.open, rest: several(anyOf(grammar.rules, calls), literal(style.open), parallel) };
}
