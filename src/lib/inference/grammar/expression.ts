import { NO_END, trim, type Automaton } from "./automaton.js";
import { automatonExpression, type Writing } from "./automaton-rules.js";
import { repeated } from "./repeat.js";
import type { GrammarRules } from "./rules.js";

/** A part of a grammar before it is written: what nothing can match can still be left out of it. A text is written as it is. */
export type Expression =
  | string
  | { kind: "rule"; key: string }
  | { kind: "sequence"; parts: readonly Expression[] }
  | { kind: "choice"; options: readonly Expression[] }
  | { kind: "repeat"; of: Expression; min: number; max: number | undefined }
  | { kind: "automaton"; automaton: Automaton; writing: Writing; ends: readonly Expression[]; hint: string };

export function sequence(...parts: readonly Expression[]): Expression {
  return { kind: "sequence", parts };
}

export function choice(...options: readonly Expression[]): Expression {
  return { kind: "choice", options };
}

/** What nothing matches. */
export const NOTHING: Expression = choice();

/** Rules by key, with the hint their names are made of. */
export type ExpressionRules = ReadonlyMap<string, { hint: string; body: Expression }>;

/** Writes expressions as rules of a grammar, without what no text matches: an alternative that never ends would hold a model for ever. */
export class ExpressionWriter {
  private readonly rules: GrammarRules;
  private readonly expressions: ExpressionRules;
  private readonly matched: ReadonlySet<string>;
  private readonly names = new Map<string, string>();
  private readonly waiting: { name: string; body: Expression }[] = [];

  constructor(rules: GrammarRules, expressions: ExpressionRules) {
    this.rules = rules;
    this.expressions = expressions;
    this.matched = findMatched(expressions);
  }

  /** The expression's text; undefined where nothing matches it. */
  write(expression: Expression): string | undefined {
    if (!isMatched(expression, this.matched)) return undefined;
    const written = this.text(expression);
    for (let next = this.waiting.pop(); next; next = this.waiting.pop()) this.rules.define(next.name, this.text(next.body) || '""');
    return written;
  }

  private text(expression: Expression): string {
    if (typeof expression === "string") return expression;
    switch (expression.kind) {
      case "rule":
        return this.nameOf(expression.key);
      case "sequence":
        return expression.parts
          .map((part) => this.grouped(part))
          .filter((part) => part !== "")
          .join(" ");
      case "choice":
        return this.choiceText(expression.options);
      case "repeat":
        return this.repeatText(expression);
      case "automaton":
        return this.automatonText(expression);
    }
  }

  /** As a part of a sequence. */
  private grouped(expression: Expression): string {
    const text = this.text(expression);
    return typeof expression !== "string" && expression.kind === "choice" && expression.options.length > 1 ? `( ${text} )` : text;
  }

  private choiceText(options: readonly Expression[]): string {
    const texts = new Set(options.filter((option) => isMatched(option, this.matched)).map((option) => this.text(option) || '""'));
    return [...texts].join(" | ");
  }

  private repeatText({ of, min, max }: Extract<Expression, { kind: "repeat" }>): string {
    if (max === 0 || !isMatched(of, this.matched)) return "";
    return repeated(this.rules, this.rules.add("part", this.text(of)), min, max);
  }

  private automatonText({ automaton, writing, ends, hint }: Extract<Expression, { kind: "automaton" }>): string {
    const open = ends.map((end) => isMatched(end, this.matched));
    const left = open.every(Boolean)
      ? automaton
      : trim({ ...automaton, ends: automaton.ends.map((label) => (label !== NO_END && open[label] ? label : NO_END)) });
    const written = ends.map((end, label) => (open[label] ? this.grouped(end) : ""));
    const key = JSON.stringify([writing, written, left.ends, left.edges]);
    return this.rules.expression(key, () => automatonExpression(this.rules, left, { hint, writing, ends: written }) ?? "");
  }

  /** A rule that names no other is written at once, and is one with those that say the same; others wait, for they may lead back to it. */
  private nameOf(key: string): string {
    const known = this.names.get(key);
    if (known !== undefined) return known;
    const { hint, body } = this.expressions.get(key) ?? { hint: key, body: NOTHING };
    const isPlain = rulesIn(body).length === 0;
    const name = isPlain ? this.plainName(hint, this.text(body)) : this.rules.reserve(hint);
    this.names.set(key, name);
    if (!isPlain) this.waiting.push({ name, body });
    return name;
  }

  private plainName(hint: string, text: string): string {
    return /^[\w-]+$/.test(text) ? text : this.rules.add(hint, text || '""');
  }
}

/** The rules that some text matches: found again and again from those found before. */
function findMatched(rules: ExpressionRules): ReadonlySet<string> {
  const matched = new Set<string>();
  const users = new Map<string, string[]>();
  for (const [key, { body }] of rules) for (const used of rulesIn(body)) users.set(used, [...(users.get(used) ?? []), key]);
  const waiting = [...rules.keys()];
  for (let key = waiting.pop(); key !== undefined; key = waiting.pop()) {
    const rule = rules.get(key);
    if (!rule || matched.has(key) || !isMatched(rule.body, matched)) continue;
    matched.add(key);
    waiting.push(...(users.get(key) ?? []));
  }
  return matched;
}

function rulesIn(expression: Expression): string[] {
  if (typeof expression === "string") return [];
  if (expression.kind === "rule") return [expression.key];
  if (expression.kind === "repeat") return rulesIn(expression.of);
  const inner = expression.kind === "sequence" ? expression.parts : expression.kind === "choice" ? expression.options : expression.ends;
  return inner.flatMap(rulesIn);
}

function isMatched(expression: Expression, matched: ReadonlySet<string>): boolean {
  if (typeof expression === "string") return true;
  switch (expression.kind) {
    case "rule":
      return matched.has(expression.key);
    case "sequence":
      return expression.parts.every((part) => isMatched(part, matched));
    case "choice":
      return expression.options.some((option) => isMatched(option, matched));
    case "repeat":
      return expression.min === 0 || expression.max === 0 || isMatched(expression.of, matched);
    case "automaton":
      return expression.automaton.ends.some((label) => label !== NO_END && isMatched(expression.ends[label] ?? "", matched));
  }
}
