import { isObject, type SchemaDocument, type SchemaObject } from "./schema-document.js";
import type { Variant } from "./variants.js";

export type JsonType = "null" | "boolean" | "number" | "string" | "array" | "object";

const TYPES: readonly JsonType[] = ["object", "array", "string", "number", "boolean", "null"];
const NAMES = new Set<unknown>([...TYPES, "integer"]);

/** The types a value may have that follows schemas. */
export interface Types {
  types: readonly JsonType[];
  /** A number has to be whole. */
  integer: boolean;
}

/** Throws INVALID_ARGUMENT for a type that there is not. */
export function typesOf(document: SchemaDocument, variant: Variant): Types {
  let types: readonly JsonType[] = TYPES;
  let integer = false;
  for (const { schema, pointer } of variant) {
    if (schema === false || allowsAny(schema["not"])) return { types: [], integer };
    const names = namedTypes(schema);
    if (names) {
      const wrong = names.find((name) => !NAMES.has(name));
      if (wrong !== undefined || names.length === 0)
        throw document.refusal(`${pointer}/type`, `${JSON.stringify(schema["type"])} is not a type`);
      types = types.filter((type) => names.includes(type) || (type === "number" && names.includes("integer")));
      integer ||= names.includes("integer") && !names.includes("number");
    }
    const excluded = excludedTypes(schema["not"]);
    types = types.filter((type) => !excluded.includes(type));
  }
  return { types, integer };
}

function namedTypes(schema: SchemaObject): readonly unknown[] | undefined {
  const { type, nullable } = schema;
  if (type === undefined) return undefined;
  const names = Array.isArray(type) ? (type as unknown[]) : [type];
  return nullable === true ? [...names, "null"] : names;
}

function allowsAny(not: unknown): boolean {
  return not === true || (isObject(not) && Object.keys(not).length === 0);
}

/** The types that a schema under "not" names, where it says nothing else. */
export function excludedTypes(not: unknown): readonly unknown[] {
  if (!isObject(not) || Object.keys(not).length !== 1) return [];
  const names = namedTypes(not) ?? [];
  return names.includes("integer") ? [] : names;
}

/** The type of a value. */
export function typeOfValue(value: unknown): JsonType {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  return typeof value as JsonType;
}
