import { arrayExpression } from "./array-values.js";
import { keywordOf, type Compilation } from "./compilation.js";
import type { Expression } from "./expression.js";
import { numberExpression } from "./number-values.js";
import { objectExpression } from "./object-values.js";
import { excludedValues, stringExpression } from "./string-values.js";
import { typesOf, type JsonType } from "./types.js";
import type { Variant } from "./variants.js";

/** What follows schemas that list no values: true, false and null as values, of the other types an expression each. */
export function typedExpressions(compilation: Compilation, variant: Variant, key: string): { values: unknown[]; options: Expression[] } {
  const { types, integer } = typesOf(compilation.document, variant);
  const excluded = new Set(keywordOf(variant, "not").flatMap(({ value }) => excludedValues(value) ?? []));
  const write: Partial<Record<JsonType, () => Expression>> = {
    object: () => objectExpression(compilation, variant, key),
    array: () => arrayExpression(compilation, variant),
    string: () => stringExpression(compilation, variant),
    number: () => numberExpression(compilation, variant, integer),
  };
  const words = [...(types.includes("boolean") ? [true, false] : []), ...(types.includes("null") ? [null] : [])];
  return {
    values: words.filter((value) => !excluded.has(value)),
    options: types.flatMap((type) => write[type]?.() ?? []),
  };
}
