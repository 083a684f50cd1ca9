type Schema = Readonly<Record<string, unknown>>;

/** A value of an enum, or a const. */
export type Literal = string | number | boolean | null;

/**
 * Takes the lists of literals out of a schema: an enum, or what of a oneOf is const or enum. Where a list stood there is one const,
 * `mark` and the list's number, for which a rule of a grammar can be put in.
 */
export function extractLiterals(schema: object, mark: string): { schema: object; lists: readonly (readonly Literal[])[] } {
  const lists: (readonly Literal[])[] = [];
  const standIn = (literals: readonly Literal[]): object => ({ const: `${mark}${lists.push(literals) - 1}` });
  const visit = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(visit);
    if (!isSchema(value)) return value;
    const literals = literalsOf(value);
    if (literals) return literals.length > 1 ? standIn(literals) : value;
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, visitMember(key, inner)]));
  };
  const visitMember = (key: string, inner: unknown): unknown => {
    if (key === "oneOf" && Array.isArray(inner)) return joinLiterals(inner as unknown[]);
    if (key === "properties" || key === "$defs") return mapMembers(inner, visit);
    return ["items", "prefixItems", "additionalProperties"].includes(key) ? visit(inner) : inner;
  };
  const joinLiterals = (alternatives: readonly unknown[]): unknown[] => {
    const literals = alternatives.flatMap((one) => literalsOf(one) ?? []);
    if (literals.length < 2) return alternatives.map(visit);
    return [standIn(literals), ...alternatives.filter((one) => !literalsOf(one)).map(visit)];
  };
  return { schema: visit(schema) as object, lists };
}

/**
 * The rules of a grammar for the JSON of any of these literals; the first is `name`, and the others begin with it. What several begin with is written once, and what
 * they end with, too: llama.cpp compares each token of its vocabulary with every alternative of a place.
 */
export function literalRules(name: string, literals: readonly Literal[]): string[] {
  const texts = [...new Set(literals.map((literal) => JSON.stringify(literal)))].sort();
  const characters = texts.map((text) => Array.from(text));
  return new PrefixTree(name, characters).rules();
}

/** Texts that begin alike share a rule for what follows. */
class PrefixTree {
  private readonly name: string;
  /** In order. */
  private readonly texts: readonly (readonly string[])[];
  /** Names of rules by what they say: texts that end alike share them. */
  private readonly names = new Map<string, string>();

  constructor(name: string, texts: readonly (readonly string[])[]) {
    this.name = name;
    this.texts = texts;
  }

  rules(): string[] {
    const root = this.alternatives(0, this.texts.length, 0);
    return [`${this.name} ::= ${root}`, ...[...this.names].map(([rule, name]) => `${name} ::= ${rule}`)];
  }

  /** What texts from one to another continue with, which are alike up to a depth. */
  private alternatives(from: number, to: number, depth: number): string {
    const written: string[] = [];
    for (let begin = from; begin < to;) {
      const first = this.texts[begin] ?? [];
      let end = begin + 1;
      while (end < to && this.texts[end]?.[depth] === first[depth]) end++;
      written.push(this.alternative(begin, end, depth));
      begin = end;
    }
    return written.join(" | ");
  }

  private alternative(from: number, to: number, depth: number): string {
    const [first = [], last = []] = [this.texts[from], this.texts[to - 1]];
    if (to - from === 1) return quoted(first.slice(depth));
    let alike = depth;
    while (alike < first.length && first[alike] === last[alike]) alike++;
    return `${quoted(first.slice(depth, alike))} ${this.ruleOf(this.alternatives(from, to, alike))}`;
  }

  private ruleOf(rule: string): string {
    const name = this.names.get(rule) ?? `${this.name}${this.names.size}`;
    this.names.set(rule, name);
    return name;
  }
}

/** The literals a schema allows where it says nothing else; undefined where it does. */
function literalsOf(schema: unknown): readonly Literal[] | undefined {
  if (!isSchema(schema) || schema["$ref"] !== undefined || schema["oneOf"] !== undefined) return undefined;
  if (schema["const"] !== undefined) return [schema["const"] as Literal];
  return Array.isArray(schema["enum"]) ? (schema["enum"] as Literal[]) : undefined;
}

function quoted(characters: readonly string[]): string {
  return `"${characters.join("").replace(/["\\]/g, "\\$&")}"`;
}

function mapMembers(value: unknown, map: (member: unknown) => unknown): unknown {
  if (!isSchema(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, map(member)]));
}

function isSchema(value: unknown): value is Schema {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
