import { isObject, type SchemaNode } from "./schema-document.js";

/** They say nothing of values. */
const NOTES = new Set(["title", "description", "default", "examples", "example", "$comment", "deprecated", "readOnly", "writeOnly"]);
/** Keywords whose values are no schemas. */
const VALUES = new Set(["enum", "const", "required", "type", "dependentRequired"]);
/** Keywords that have schemas by name. */
const BY_NAME = new Set(["properties", "patternProperties", "$defs", "definitions", "dependentSchemas"]);

/** A text that is the same for schemas that say the same of values, word for word: what is written for people is left out. */
export function shapeOf(nodes: readonly SchemaNode[]): string {
  return JSON.stringify(nodes.map(({ schema, base }) => [base, withoutNotes(schema)]));
}

function withoutNotes(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(withoutNotes);
  if (!isObject(schema)) return schema;
  const kept = Object.entries(schema).filter(([keyword]) => !NOTES.has(keyword));
  return kept.map(([keyword, value]) => [keyword, contentOf(keyword, value)]);
}

function contentOf(keyword: string, value: unknown): unknown {
  if (VALUES.has(keyword)) return value;
  if (BY_NAME.has(keyword) && isObject(value)) return Object.entries(value).map(([name, inner]) => [name, withoutNotes(inner)]);
  return withoutNotes(value);
}
