import { isApart } from "./apart.js";
import { TooComplex } from "./automaton.js";
import type { Compilation } from "./compilation.js";
import { relaxKeywords } from "./keywords.js";
import { canonical } from "./literal-values.js";
import type { SchemaNode } from "./schema-document.js";
import { excludedValues } from "./string-values.js";
import { excludedTypes } from "./types.js";
import { pairsWithoutTag } from "./tags.js";
import { listOf } from "./variants.js";

/** Names all that a grammar does not hold of what a schema says itself. */
export function relaxUnheld(compilation: Compilation, node: SchemaNode): void {
  relaxKeywords(node, compilation.relax);
  relaxNot(compilation, node);
  relaxLargeNumbers(compilation, node);
  if (node.schema === false || node.schema["oneOf"] === undefined) return;
  const reason = overlap(compilation, listOf(compilation.document, node, "oneOf"));
  if (reason !== undefined) compilation.relax(node, "oneOf", reason);
}

/** Why a value may follow more than one of these schemas; undefined where it cannot. */
function overlap(compilation: Compilation, options: readonly SchemaNode[]): string | undefined {
  if (listDifferent(options)) return undefined;
  const bounded = { ...compilation, effort: compilation.overlaps };
  try {
    const found = pairsWithoutTag(bounded, options).some(([one, other]) => !isApart(bounded, nodeAt(options, one), nodeAt(options, other)));
    return found ? "a value may follow more than one of its schemas" : undefined;
  } catch (thrown) {
    if (thrown instanceof TooComplex) return "it takes too many steps to tell its schemas apart";
    throw thrown;
  }
}

function nodeAt(options: readonly SchemaNode[], index: number): SchemaNode[] {
  return options.slice(index, index + 1);
}

/** Whether all of these schemas list values, each only once: many are compared at once, where pairs would be too many. */
function listDifferent(options: readonly SchemaNode[]): boolean {
  const seen = new Set<string>();
  return options.every(({ schema }) => {
    if (schema === false) return true;
    const values = schema["const"] === undefined ? schema["enum"] : [schema["const"]];
    if (!Array.isArray(values)) return false;
    const own = new Set(values.map(canonical));
    const isNew = [...own].every((text) => !seen.has(text));
    own.forEach((text) => seen.add(text));
    return isNew;
  });
}

/** Whole numbers of JSON that are too large for a double have lost digits before they are read here. */
function relaxLargeNumbers({ relax }: Compilation, node: SchemaNode): void {
  if (node.schema === false) return;
  for (const keyword of ["const", "enum"]) {
    const number = largeNumberIn(node.schema[keyword]);
    if (number !== undefined) relax(node, keyword, `whole numbers beyond 2^53, such as ${number}, may have lost digits`);
  }
}

function largeNumberIn(value: unknown): number | undefined {
  if (typeof value === "number") return Number.isInteger(value) && !Number.isSafeInteger(value) ? value : undefined;
  if (typeof value !== "object" || value === null) return undefined;
  for (const inner of Object.values(value)) {
    const found = largeNumberIn(inner);
    if (found !== undefined) return found;
  }
  return undefined;
}

function relaxNot({ relax }: Compilation, node: SchemaNode): void {
  const not = node.schema === false ? undefined : node.schema["not"];
  if (typeof not !== "object" || not === null || Object.keys(not).length === 0 || excludedTypes(not).length > 0) return;
  const values = excludedValues(not);
  const isListed = node.schema !== false && (node.schema["enum"] !== undefined || node.schema["const"] !== undefined);
  const isHeld = (value: unknown) => value === null || ["string", "boolean"].includes(typeof value);
  if (values && (isListed || values.every(isHeld))) return;
  relax(node, "not", "a grammar only says what may be");
}
