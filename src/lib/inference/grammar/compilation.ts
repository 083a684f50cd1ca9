import type { Automaton, Effort } from "./automaton.js";
import type { Expression } from "./expression.js";
import type { GrammarRules } from "./rules.js";
import type { SchemaDocument, SchemaNode } from "./schema-document.js";
import type { Relax } from "./variants.js";

/** What the parts of a compiler of schemas share. */
export interface Compilation {
  document: SchemaDocument;
  rules: GrammarRules;
  effort: Effort;
  /** The part of it that telling the schemas of "oneOf" apart may take. */
  overlaps: Effort;
  /** What comparing the objects of unions may take. */
  unions: Effort;
  /** The rule of what may stand between the parts of a JSON text. */
  ws: string;
  relax: Relax;
  /** Members and items that a schema allows only by not speaking of them are written, too. */
  open: boolean;
  /** The rule of what follows all of these schemas. */
  valueOf: (nodes: readonly SchemaNode[]) => Expression;
  /** A rule of its own, by a key: `build` is asked for it the first time. */
  define: (key: string, hint: string, build: () => Expression) => Expression;
  /** The values that schemas list; undefined where they list none. */
  listed: (nodes: readonly SchemaNode[]) => unknown[] | undefined;
  /** An automaton that is made once, by what it says. */
  automaton: (key: string, make: () => Automaton) => Automaton;
  /** The automaton of a regular expression in a schema; undefined, and relaxed, where there can be none. */
  regex: (node: SchemaNode, keyword: string, source: string) => Automaton | undefined;
}

/** The values of a keyword in all of these schemas. */
export function keywordOf(nodes: readonly SchemaNode[], keyword: string): { node: SchemaNode; value: unknown }[] {
  return nodes.flatMap((node) => {
    const value = node.schema === false ? undefined : node.schema[keyword];
    return value === undefined ? [] : [{ node, value }];
  });
}

/** The limits that keywords of these schemas set together. Throws INVALID_ARGUMENT for what is not a count. */
export function countsOf(
  { document }: Compilation,
  nodes: readonly SchemaNode[],
  keywords: readonly [least: string, most: string],
): Counts {
  const [least, most] = keywords.map((keyword) =>
    keywordOf(nodes, keyword).map(({ node, value }) => {
      if (typeof value === "number" && value >= 0 && Number.isInteger(value)) return value;
      throw document.refusal(`${node.pointer}/${keyword}`, `${JSON.stringify(value)} is not a count`);
    }),
  );
  return { min: Math.max(0, ...(least ?? [])), max: most && most.length > 0 ? Math.min(...most) : undefined };
}

export interface Counts {
  min: number;
  max: number | undefined;
}
