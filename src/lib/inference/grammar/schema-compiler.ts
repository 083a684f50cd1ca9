import { LlmopsError } from "../../base/errors/llmops-error.js";
import { Effort, TooComplex, type Automaton } from "./automaton.js";
import type { Compilation } from "./compilation.js";
import { ExpressionWriter, NOTHING, type Expression } from "./expression.js";
import { anyValue, whiteSpace } from "./json-value.js";
import { allowsAll } from "./keywords.js";
import { listedValues } from "./literal-values.js";
import { UNION_EFFORT } from "./object-union.js";
import { regexAutomaton } from "./regex-automaton.js";
import type { GrammarRules } from "./rules.js";
import { escapePart, type SchemaDocument, type SchemaNode } from "./schema-document.js";
import { UnreadableRegex } from "./unreadable-regex.js";
import { relaxUnheld } from "./unheld.js";
import { valueExpression } from "./value-expression.js";

/** A part of a schema that the grammar does not hold an answer to. */
export interface Relaxed {
  /** The schema's place in its document (RFC 6901). */
  pointer: string;
  keyword: string;
  reason: string;
}

/** Steps of making automata. */
const REGEX_EFFORT = 200_000;
const OVERLAPS_EFFORT = 100_000;
const MOST_RULES = 30_000;

/** Makes the rules of a schema, one for each set of schemas that hold for the same value. */
export class SchemaCompiler implements Compilation {
  readonly document: SchemaDocument;
  readonly rules: GrammarRules;
  readonly effort: Effort;
  readonly overlaps: Effort;
  readonly unions: Effort;
  readonly open: boolean;
  private readonly strict: boolean;
  private readonly relaxed = new Map<string, Relaxed>();
  private readonly expressions = new Map<string, { hint: string; body: Expression }>();
  private readonly waiting: { key: string; build: () => Expression }[] = [];
  private readonly regexes = new Map<string, Automaton | string>();
  private readonly automata = new Map<string, Automaton>();
  private readonly looked = new Set<SchemaNode>();

  constructor(rules: GrammarRules, document: SchemaDocument, { strict, open, effort }: { strict: boolean; open: boolean; effort: Effort }) {
    this.rules = rules;
    this.effort = effort;
    this.overlaps = new Effort(OVERLAPS_EFFORT, effort);
    this.unions = new Effort(UNION_EFFORT, effort);
    this.document = document;
    this.strict = strict;
    this.open = open;
  }

  /** The expression of a schema, and what of it is not held. Throws INVALID_ARGUMENT where nothing follows it, or it is too large. */
  compile(...nodes: readonly SchemaNode[]): { expression: string; relaxed: readonly Relaxed[] } {
    try {
      const root = this.valueOf(nodes);
      for (let next = this.waiting.pop(); next; next = this.waiting.pop()) {
        const body = next.build();
        this.expressions.set(next.key, { hint: this.expressions.get(next.key)?.hint ?? "value", body });
      }
      const expression = new ExpressionWriter(this.rules, this.expressions).write(root);
      if (expression === undefined) throw this.document.refusal(nodes[0]?.pointer ?? "", "no value can satisfy it");
      return { expression, relaxed: [...this.relaxed.values()] };
    } catch (thrown) {
      throw this.toRefusal(thrown, nodes);
    }
  }

  readonly valueOf = (nodes: readonly SchemaNode[]): Expression => {
    const saying = [...new Set(nodes)].filter((node) => !allowsAll(node));
    if (saying.length === 0) return anyValue(this.rules);
    if (saying.some(({ schema }) => schema === false)) return NOTHING;
    const key = saying
      .map(({ id }) => id)
      .sort((a, b) => a - b)
      .join();
    return this.define(key, hintOf(saying), () => valueExpression(this, saying, { key, look: this.look }));
  };

  readonly define = (key: string, hint: string, build: () => Expression): Expression => {
    if (!this.expressions.has(key)) {
      if (this.expressions.size >= MOST_RULES) throw this.document.refusal("", `its grammar has more than ${MOST_RULES} rules`);
      this.expressions.set(key, { hint, body: NOTHING });
      this.waiting.push({ key, build });
    }
    return { kind: "rule", key };
  };

  readonly relax = (node: SchemaNode, keyword: string, reason: string): void => {
    const at = `${node.pointer}/${escapePart(keyword)}`;
    if (this.strict) {
      throw new LlmopsError(
        "UNSUPPORTED_PARAMETER",
        `The JSON schema is strict, and a grammar cannot hold an answer to ${at}: ${reason}.`,
        {
          hint: 'Leave the keyword out, or "strict": the rest of the schema is held then.',
          param: this.document.param,
        },
      );
    }
    if (!this.relaxed.has(at)) this.relaxed.set(at, { pointer: node.pointer, keyword, reason });
  };

  get ws(): string {
    return whiteSpace(this.rules);
  }

  readonly listed = (nodes: readonly SchemaNode[]): unknown[] | undefined => listedValues(this, nodes);

  readonly automaton = (key: string, make: () => Automaton): Automaton => {
    const known = this.automata.get(key) ?? make();
    this.automata.set(key, known);
    return known;
  };

  readonly regex = (node: SchemaNode, keyword: string, source: string): Automaton | undefined => {
    const known = this.regexes.get(source) ?? this.readRegex(source);
    this.regexes.set(source, known);
    if (typeof known !== "string") return known;
    this.relax(node, keyword, known);
    return undefined;
  };

  private readRegex(source: string): Automaton | string {
    try {
      return regexAutomaton(source, { whole: false, effort: new Effort(REGEX_EFFORT, this.effort) });
    } catch (thrown) {
      if (thrown instanceof UnreadableRegex || thrown instanceof TooComplex)
        return `${JSON.stringify(source.slice(0, 80))}: ${thrown.message}`;
      throw thrown;
    }
  }

  /** Names what is not held in a schema, the first time it is met. */
  private readonly look = (node: SchemaNode): void => {
    if (this.looked.has(node)) return;
    this.looked.add(node);
    relaxUnheld(this, node);
  };

  private toRefusal(thrown: unknown, nodes: readonly SchemaNode[]): unknown {
    if (thrown instanceof TooComplex) return this.document.refusal(nodes[0]?.pointer ?? "", `${thrown.message} to make its grammar`);
    if (!(thrown instanceof LlmopsError) || thrown.param !== undefined) return thrown;
    return new LlmopsError(thrown.code, thrown.message, {
      ...(thrown.hint !== undefined && { hint: thrown.hint }),
      param: this.document.param,
    });
  }
}

/** The last name in a schema's place, to make names of rules of. */
function hintOf([node]: readonly SchemaNode[]): string {
  const part = node?.pointer.split("/").at(-1) ?? "";
  return /^[a-zA-Z][\w-]*$/.test(part) ? part : "value";
}
