import { literal, type GrammarRules } from "../../grammar/rules.js";
import type { ToolAt } from "./value-grammar.js";

/** The grammar of calls: the mark they begin with, and the expression of what follows it. */
export interface CallGrammar {
  open: string;
  rest: string;
}

/** What a grammar of calls is made for. */
export interface CallGrammarOptions {
  /** The tools that may be called. */
  tools: readonly ToolAt[];
  /** More than one call may be made. */
  parallel: boolean;
}

/** A rule for any of several calls. */
export function anyOf(rules: GrammarRules, alternatives: readonly string[]): string {
  return rules.add("call", alternatives.join(" | "));
}

/** One, or several with something between them. */
export function several(one: string, between: string, parallel: boolean): string {
  return parallel ? `${one} ( ${sequence(between, one)} )*` : one;
}

/** Layout a model may leave out. */
export function maybe(layout: string): string {
  return layout === "" ? "" : `${literal(layout)}?`;
}

/** The parts of an expression, one after the other. */
export function sequence(...parts: readonly string[]): string {
  return parts.filter((part) => part !== "" && part !== '""').join(" ");
}

/** The expression of a text. */
export function text(value: string): string {
  return value === "" ? "" : literal(value);
}
