import { isApart } from "./apart.js";
import type { Compilation } from "./compilation.js";
import { relaxKeywords } from "./keywords.js";
import type { SchemaNode } from "./schema-document.js";
import { excludedValues } from "./string-values.js";
import { excludedTypes } from "./types.js";
import { listOf } from "./variants.js";

/** Names all that a grammar does not hold of what a schema says itself. */
export function relaxUnheld(compilation: Compilation, node: SchemaNode): void {
  relaxKeywords(node, compilation.relax);
  relaxNot(compilation, node);
  if (node.schema === false || node.schema["oneOf"] === undefined) return;
  const options = listOf(compilation.document, node, "oneOf");
  const overlap = options.some((one, index) => options.slice(index + 1).some((other) => !isApart(compilation, [one], [other])));
  if (overlap) compilation.relax(node, "oneOf", "a value may follow more than one of its schemas");
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
