import { combine, endOf, NO_END, type Automaton } from "./automaton.js";
import { keywordOf, type Compilation } from "./compilation.js";
import type { SchemaNode } from "./schema-document.js";
import { stringAutomaton } from "./string-values.js";
import { textsOfLength, trieOf } from "./trie.js";
import { membersOf, schemaOf, variantsOf, type Variant } from "./variants.js";

/** A pattern of names, with the schemas of the members whose names match it. */
interface NamePattern {
  node: SchemaNode;
  automaton: Automaton;
  value: SchemaNode;
}

const NO_OTHERS = { automaton: { edges: [[]], ends: [NO_END] }, schemas: [] } as const;

/** The members that an object may or must have by schemas. */
export class MemberKeys {
  /** In the order in which they are written. */
  readonly names: readonly string[];
  readonly required: ReadonlySet<string>;
  private readonly compilation: Compilation;
  private readonly variant: Variant;
  private readonly patterns: readonly NamePattern[];
  private readonly properties: ReadonlyMap<SchemaNode, ReadonlyMap<string, SchemaNode>>;
  /** Names that no schema speaks of are left out. */
  private readonly closed: boolean;
  /** What all names have to follow; undefined where anything goes. */
  private readonly allowed: Automaton | undefined;

  constructor(compilation: Compilation, variant: Variant) {
    this.compilation = compilation;
    this.variant = variant;
    this.required = requiredNames(compilation, variant);
    this.properties = new Map(variant.map((node) => [node, membersOf(compilation.document, node, "properties")]));
    const declared = [...this.properties.values()].flatMap((members) => [...members.keys()]);
    this.names = [...new Set([...declared, ...this.required])];
    this.patterns = variant.flatMap((node) => patternsOf(compilation, node));
    this.allowed = allowedNames(compilation, variant);
    const speaks = declared.length > 0 || this.patterns.length > 0;
    this.closed = speaks && !compilation.open && keywordOf(variant, "additionalProperties").length === 0;
  }

  /** All that holds for the member with this name. */
  schemasOf(name: string): readonly SchemaNode[] | undefined {
    if (this.allowed && endOf(this.allowed, name) === NO_END) return undefined;
    const { document } = this.compilation;
    return this.variant.flatMap((node) => {
      const own = this.properties.get(node)?.get(name);
      const matching = this.patterns.filter((one) => one.node === node && endOf(one.automaton, name) !== NO_END).map(({ value }) => value);
      const found = [...(own ? [own] : []), ...matching];
      return found.length > 0 ? found : (schemaOf(document, node, "additionalProperties") ?? []);
    });
  }

  /** All other names, labelled by which patterns they match, and what holds for the members of each label. Throws TooComplex. */
  others(): { automaton: Automaton; schemas: readonly (readonly SchemaNode[])[] } {
    const { effort } = this.compilation;
    if (this.patterns.length === 0 && (this.closed || this.schemasOfOther([]).some(({ schema }) => schema === false))) return NO_OTHERS;
    const labels = new Map<string, number>();
    const schemas: SchemaNode[][] = [];
    const names = trieOf(new Map(this.names.map((name) => [name, 0])), effort);
    const automata = [names, this.allowed ?? textsOfLength(0, undefined), ...this.patterns.map(({ automaton }) => automaton)];
    const automaton = combine(
      automata,
      ([known = NO_END, allowed = NO_END, ...matches]) => {
        if (known !== NO_END || allowed === NO_END) return NO_END;
        if (this.closed && matches.every((match) => match === NO_END)) return NO_END;
        const key = matches.join();
        const label = labels.get(key) ?? schemas.push(this.schemasOfOther(matches)) - 1;
        labels.set(key, label);
        return label;
      },
      effort,
    );
    return { automaton, schemas };
  }

  private schemasOfOther(matches: readonly number[]): SchemaNode[] {
    const matching = this.patterns.filter((_, index) => matches[index] !== NO_END);
    return this.variant.flatMap((node) => {
      const found = matching.filter((one) => one.node === node).map(({ value }) => value);
      return found.length > 0 ? found : (schemaOf(this.compilation.document, node, "additionalProperties") ?? []);
    });
  }
}

function requiredNames({ document }: Compilation, variant: Variant): Set<string> {
  const lists = keywordOf(variant, "required").map(({ node, value }) => {
    if (typeof value === "boolean") return []; // draft 3 has it in the member's own schema
    if (Array.isArray(value) && value.every((name): name is string => typeof name === "string")) return value;
    throw document.refusal(`${node.pointer}/required`, "expected a list of property names");
  });
  return new Set(lists.flat());
}

function patternsOf(compilation: Compilation, node: SchemaNode): NamePattern[] {
  return [...membersOf(compilation.document, node, "patternProperties")].flatMap(([source, value]) => {
    const automaton = compilation.regex(node, "patternProperties", source);
    return automaton ? [{ node, automaton, value }] : [];
  });
}

function allowedNames(compilation: Compilation, variant: Variant): Automaton | undefined {
  const { document, effort, relax } = compilation;
  const schemas = keywordOf(variant, "propertyNames").flatMap(({ node }) => schemaOf(document, node, "propertyNames") ?? []);
  if (schemas.length === 0) return undefined;
  const automata = variantsOf(document, schemas, relax).map((one): Automaton => {
    const listed = compilation.listed(one);
    if (listed) return trieOf(new Map(listed.filter((value) => typeof value === "string").map((text) => [text, 0])), effort);
    const { automaton, lengths } = stringAutomaton(compilation, one);
    return automaton ?? textsOfLength(lengths.min, lengths.max);
  });
  return combine(automata, (labels) => (labels.some((label) => label !== NO_END) ? 0 : NO_END), effort);
}
