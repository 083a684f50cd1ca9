import { arrayExpression } from "./array-values.js";
import { keywordOf, type Compilation } from "./compilation.js";
import type { Expression } from "./expression.js";
import { numberExpression } from "./number-values.js";
import { objectsOf, ObjectWriter } from "./object-values.js";
import { excludedValues, stringExpression } from "./string-values.js";
import { typesOf, type JsonType } from "./types.js";
import type { Variant } from "./variants.js";

/** What follows schemas, by its kind. */
export interface TypedExpressions {
  /** true, false and null. */
  values: unknown[];
  options: Expression[];
  /** Objects of which something is said. */
  objects: ObjectWriter[];
}

/** What follows schemas that list no values. */
export function typedExpressions(compilation: Compilation, variant: Variant, key: string): TypedExpressions {
  const { types, integer } = typesOf(compilation.document, variant);
  const excluded = new Set(keywordOf(variant, "not").flatMap(({ value }) => excludedValues(value) ?? []));
  const write: Partial<Record<JsonType, () => Expression>> = {
    array: () => arrayExpression(compilation, variant),
    string: () => stringExpression(compilation, variant),
    number: () => numberExpression(compilation, variant, integer),
  };
  const words = [...(types.includes("boolean") ? [true, false] : []), ...(types.includes("null") ? [null] : [])];
  const objects = types.includes("object") ? objectsOf(compilation, variant, key) : undefined;
  return {
    values: words.filter((value) => !excluded.has(value)),
    options: [...(typeof objects === "string" ? [objects] : []), ...types.flatMap((type) => write[type]?.() ?? [])],
    objects: objects instanceof ObjectWriter ? [objects] : [],
  };
}
