import type { Compilation } from "./compilation.js";
import { choice, type Expression } from "./expression.js";
import { listedValues } from "./literal-values.js";
import { ObjectUnion } from "./object-union.js";
import type { ObjectWriter } from "./object-values.js";
import type { SchemaNode } from "./schema-document.js";
import { trieOf } from "./trie.js";
import { typedExpressions } from "./typed-values.js";
import { variantsOf } from "./variants.js";

/** What follows all of these schemas. `look` is told of each schema that holds for the value. Throws INVALID_ARGUMENT and TooComplex. */
export function valueExpression(
  compilation: Compilation,
  nodes: readonly SchemaNode[],
  { key, look }: { key: string; look: (node: SchemaNode) => void },
): Expression {
  const values: unknown[] = [];
  const options: Expression[] = [];
  const objects: ObjectWriter[] = [];
  variantsOf(compilation.document, nodes, compilation.relax).forEach((variant, index) => {
    variant.forEach(look);
    const listed = listedValues(compilation, variant);
    const typed = listed ? undefined : typedExpressions(compilation, variant, `${key}:${index}`);
    values.push(...(listed ?? typed?.values ?? []));
    options.push(...(typed?.options ?? []));
    objects.push(...(typed?.objects ?? []));
  });
  const [only, ...others] = objects;
  if (only) options.push(others.length === 0 ? only.write() : new ObjectUnion(compilation).write(objects));
  const texts = new Map(values.map((value) => [JSON.stringify(value), 0]));
  if (texts.size > 0)
    options.push({ kind: "automaton", automaton: trieOf(texts, compilation.effort), writing: "text", ends: [""], hint: "literal" });
  return choice(...options);
}
