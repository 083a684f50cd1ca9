import type { Compilation } from "./compilation.js";
import { allListed, canonical } from "./literal-values.js";
import { MemberKeys } from "./member-keys.js";
import type { SchemaNode } from "./schema-document.js";
import { typesOf } from "./types.js";
import { variantsOf, type Variant } from "./variants.js";

/** The values that members of an object list which it must have, by their names. */
type Tags = ReadonlyMap<string, ReadonlySet<string>>;

/**
 * The pairs of schemas, by their places in the list, that no tag tells apart: a member that all objects must have and whose values they
 * list, as discriminated unions have it. Other schemas are in a pair with each.
 */
export function pairsWithoutTag(compilation: Compilation, options: readonly SchemaNode[]): [number, number][] {
  const tags = options.map((option) => tagsOf(compilation, option));
  const name = mostFrequent(tags.flatMap((own) => [...own.keys()]));
  const owners = new Map<string, number[]>();
  const pairs = new Map<string, [number, number]>();
  const pair = (one: number, other: number) => {
    compilation.effort.spend(1);
    pairs.set(`${one} ${other}`, [one, other]);
  };
  tags.forEach((own, index) => {
    const values = name === undefined ? undefined : own.get(name);
    for (const value of values ?? []) {
      const before = owners.get(value) ?? [];
      for (const other of before) pair(other, index);
      owners.set(value, [...before, index]);
    }
    for (let other = 0; other < index; other++) {
      const isTold = values !== undefined && name !== undefined && tags[other]?.has(name) === true;
      if (!isTold) pair(other, index);
    }
  });
  return [...pairs.values()];
}

function tagsOf(compilation: Compilation, option: SchemaNode): Tags {
  const variants = variantsOf(compilation.document, [option], compilation.relax);
  const tags = variants.map((variant) => tagsOfVariant(compilation, variant));
  const [first, ...others] = tags;
  const names = [...(first?.keys() ?? [])].filter((name) => others.every((own) => own.has(name)));
  return new Map(names.map((name) => [name, new Set(tags.flatMap((own) => [...(own.get(name) ?? [])]))]));
}

function tagsOfVariant(compilation: Compilation, variant: Variant): Tags {
  const { types } = typesOf(compilation.document, variant);
  const tags = new Map<string, ReadonlySet<string>>();
  if (types.some((type) => type !== "object")) return tags;
  const keys = new MemberKeys(compilation, variant);
  for (const name of keys.required) {
    compilation.effort.spend(10);
    const values = allListed(compilation, keys.schemasOf(name) ?? []);
    if (values) tags.set(name, new Set(values.map(canonical)));
  }
  return tags;
}

function mostFrequent(names: readonly string[]): string | undefined {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].sort(([, a], [, b]) => b - a)[0]?.[0];
}
