import { countsOf, keywordOf, type Compilation, type Counts } from "./compilation.js";
import { choice, NOTHING, sequence, type Expression } from "./expression.js";
import { anyArray, whiteSpace } from "./json-value.js";
import { MOST_REPEATS } from "./repeat.js";
import type { SchemaNode } from "./schema-document.js";
import { listOf, schemaOf, type Variant } from "./variants.js";

const KEYWORDS = ["items", "prefixItems", "additionalItems", "minItems", "maxItems"];

/** A JSON array that follows schemas. */
export function arrayExpression(compilation: Compilation, variant: Variant): Expression {
  const { min, max } = itemCounts(compilation, variant);
  relaxUnique(compilation, variant, max);
  if (max !== undefined && min > max) return NOTHING;
  if (!KEYWORDS.some((keyword) => keywordOf(variant, keyword).length > 0)) return anyArray(compilation.rules);
  for (const keyword of ["minItems", "maxItems"]) {
    for (const { node, value } of keywordOf(variant, keyword)) {
      if (Number(value) > MOST_REPEATS) compilation.relax(node, keyword, `no answer has more than ${MOST_REPEATS} items`);
    }
  }
  const length = Math.max(0, ...variant.map((node) => firstsOf(compilation, node).length));
  const firsts = Array.from({ length: Math.min(length, max ?? length) }, (_, at) => compilation.valueOf(itemsAt(compilation, variant, at)));
  const rest = compilation.valueOf(itemsAt(compilation, variant, length));
  return listExpression(compilation, {
    firsts,
    rest,
    min: Math.min(min, MOST_REPEATS),
    max: max !== undefined && max > MOST_REPEATS ? undefined : max,
  });
}

/** A list of first items alone is a tuple: it has all of them and no others, but where counts or further items are spoken of. */
function itemCounts(compilation: Compilation, variant: Variant): Counts {
  const { min, max } = countsOf(compilation, variant, ["minItems", "maxItems"]);
  const length = Math.max(0, ...variant.map((node) => firstsOf(compilation, node).length));
  const isOther = (node: SchemaNode) =>
    node.schema !== false && (Array.isArray(node.schema["items"]) ? "additionalItems" : "items") in node.schema;
  if (compilation.open || length === 0 || variant.some(isOther)) return { min, max };
  return {
    min: keywordOf(variant, "minItems").length > 0 ? min : Math.min(length, max ?? length),
    max: Math.max(min, Math.min(length, max ?? length)),
  };
}

interface List {
  firsts: readonly Expression[];
  rest: Expression;
  min: number;
  max: number | undefined;
}

function listExpression({ rules }: Compilation, { firsts, rest, min, max }: List): Expression {
  const ws = whiteSpace(rules);
  const next = (item: Expression) => sequence('","', ws, item);
  const end = sequence(ws, '"]"');
  const least = Math.max(0, min - Math.max(firsts.length, 1));
  const most = max === undefined ? undefined : Math.max(0, max - Math.max(firsts.length, 1));
  let tail: Expression = sequence({ kind: "repeat", of: next(rest), min: least, max: most }, end);
  for (let at = firsts.length - 1; at >= 1; at--) {
    const more = sequence(next(firsts[at] ?? rest), tail);
    tail = min > at ? more : choice(more, end);
  }
  const items = max === 0 ? NOTHING : sequence(firsts[0] ?? rest, tail);
  return sequence('"["', ws, min > 0 ? items : choice(items, '"]"'));
}

/** The schemas of the first items: "items" as a list, before draft 2020-12. */
function firstsOf({ document }: Compilation, node: SchemaNode): SchemaNode[] {
  if (node.schema === false) return [];
  return listOf(document, node, Array.isArray(node.schema["items"]) ? "items" : "prefixItems");
}

/** All that holds for the item at a place. */
function itemsAt(compilation: Compilation, variant: Variant, at: number): SchemaNode[] {
  return variant.flatMap((node) => {
    const first = firstsOf(compilation, node)[at];
    if (first) return [first];
    const isList = node.schema !== false && Array.isArray(node.schema["items"]);
    return schemaOf(compilation.document, node, isList ? "additionalItems" : "items") ?? [];
  });
}

function relaxUnique({ relax }: Compilation, variant: Variant, max: number | undefined): void {
  if (max !== undefined && max <= 1) return;
  for (const { node, value } of keywordOf(variant, "uniqueItems")) {
    if (value === true) relax(node, "uniqueItems", "a grammar cannot look at other items");
  }
}
