import { endOf, NO_END } from "./automaton.js";
import { countsOf, keywordOf, type Compilation } from "./compilation.js";
import { MemberKeys } from "./member-keys.js";
import { limitsOf } from "./number-values.js";
import type { SchemaNode } from "./schema-document.js";
import { excludedValues, stringAutomaton } from "./string-values.js";
import { typeOfValue, typesOf } from "./types.js";
import { listOf, schemaOf, variantsOf, type Variant } from "./variants.js";

/**
 * The values that follow schemas which list them, by const or enum; undefined where none does. Throws INVALID_ARGUMENT for an enum that
 * is not a list of values.
 */
export function listedValues(compilation: Compilation, variant: Variant): unknown[] | undefined {
  const enums = keywordOf(variant, "enum").map(({ node, value }) => {
    if (Array.isArray(value) && value.length > 0) return value as unknown[];
    throw compilation.document.refusal(`${node.pointer}/enum`, "expected a list of at least one value");
  });
  const lists = [...keywordOf(variant, "const").map(({ value }) => [value]), ...enums];
  const [first, ...others] = lists;
  if (!first) return undefined;
  const allowed = others.map((list) => new Set(list.map(canonical)));
  const common = first.filter((value) => allowed.every((set) => set.has(canonical(value))));
  return common.filter((value) => followsVariant(compilation, variant, value));
}

const LISTED = new WeakMap<readonly SchemaNode[], { values: unknown[] | undefined }>();

/** The values that schemas list in all of the ways to follow them; undefined where one way lists none. Throws as variantsOf does. */
export function allListed(compilation: Compilation, nodes: readonly SchemaNode[]): unknown[] | undefined {
  if (nodes.length === 0) return undefined;
  const known = LISTED.get(nodes);
  if (known) return known.values;
  const lists = variantsOf(compilation.document, nodes, compilation.relax).map((variant) => listedValues(compilation, variant));
  const values = lists.every((list) => list !== undefined) ? lists.flat() : undefined;
  LISTED.set(nodes, { values });
  return values;
}

/** JSON text with the members of objects in order, to compare values by. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === "object" && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}

/** Whether a value follows all of these schemas, as far as a grammar could hold it to them. */
function follows(compilation: Compilation, nodes: readonly SchemaNode[], value: unknown): boolean {
  if (nodes.length === 0) return true;
  return variantsOf(compilation.document, nodes, compilation.relax).some(
    (variant) => isListed(variant, value) && followsVariant(compilation, variant, value),
  );
}

function isListed(variant: Variant, value: unknown): boolean {
  const own = canonical(value);
  const isConst = keywordOf(variant, "const").every((one) => canonical(one.value) === own);
  return (
    isConst && keywordOf(variant, "enum").every((one) => Array.isArray(one.value) && one.value.some((listed) => canonical(listed) === own))
  );
}

/** The same for schemas that lead to no others, without const and enum. */
export function followsVariant(compilation: Compilation, variant: Variant, value: unknown): boolean {
  const { types, integer } = typesOf(compilation.document, variant);
  if (!types.includes(typeOfValue(value))) return false;
  const excluded = keywordOf(variant, "not").flatMap((one) => excludedValues(one.value) ?? []);
  if (excluded.some((one) => canonical(one) === canonical(value))) return false;
  if (typeof value === "number") return followsNumber(compilation, variant, value, integer);
  if (typeof value === "string") return followsString(compilation, variant, value);
  if (Array.isArray(value)) return followsArray(compilation, variant, value);
  return typeof value !== "object" || value === null || followsObject(compilation, variant, value);
}

function followsNumber(compilation: Compilation, variant: Variant, value: number, integer: boolean): boolean {
  const { low, high } = limitsOf(compilation, variant);
  if (low && (low.strict ? value <= low.value : value < low.value)) return false;
  if (high && (high.strict ? value >= high.value : value > high.value)) return false;
  if (integer && !Number.isInteger(value)) return false;
  return keywordOf(variant, "multipleOf").every(({ value: divisor }) => {
    const parts = value / Number(divisor);
    return Math.abs(parts - Math.round(parts)) < 1e-9;
  });
}

function followsString(compilation: Compilation, variant: Variant, value: string): boolean {
  const { automaton, lengths } = stringAutomaton(compilation, variant);
  const length = Array.from(value).length;
  if (automaton) return endOf(automaton, value) !== NO_END;
  return length >= lengths.min && length <= (lengths.max ?? Infinity);
}

function followsArray(compilation: Compilation, variant: Variant, value: readonly unknown[]): boolean {
  const { min, max } = countsOf(compilation, variant, ["minItems", "maxItems"]);
  if (value.length < min || value.length > (max ?? Infinity)) return false;
  return variant.every((node) => {
    const isList = node.schema !== false && Array.isArray(node.schema["items"]);
    const firsts = listOf(compilation.document, node, isList ? "items" : "prefixItems");
    const rest = schemaOf(compilation.document, node, isList ? "additionalItems" : "items");
    return value.every((item, at) => follows(compilation, firsts[at] ? [firsts[at]] : rest ? [rest] : [], item));
  });
}

function followsObject(compilation: Compilation, variant: Variant, value: object): boolean {
  const { min, max } = countsOf(compilation, variant, ["minProperties", "maxProperties"]);
  const names = Object.keys(value);
  if (names.length < min || names.length > (max ?? Infinity)) return false;
  const keys = new MemberKeys(compilation, variant);
  if ([...keys.required].some((name) => !names.includes(name))) return false;
  return Object.entries(value).every(([name, inner]) => {
    const schemas = keys.schemasOf(name);
    return schemas !== undefined && follows(compilation, schemas, inner);
  });
}
