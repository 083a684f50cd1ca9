import type { Relax } from "./variants.js";
import { isObject, type SchemaNode, type SchemaObject } from "./schema-document.js";

/** Those that say nothing about which values follow a schema, or are read where their neighbors are. */
const SILENT = new Set([
  ...["$schema", "$id", "$anchor", "$dynamicAnchor", "$recursiveAnchor", "$defs", "definitions", "$comment", "$vocabulary"],
  ...["title", "description", "default", "examples", "example", "deprecated", "readOnly", "writeOnly", "nullable"],
  ...["contentEncoding", "contentMediaType", "contentSchema", "discriminator", "xml", "externalDocs", "strict"],
  ...["markdownDescription", "enumNames", "enumDescriptions", "errorMessage", "propertyOrdering", "additionalItems", "then", "else"],
  ...["minContains", "maxContains"],
]);
const HELD = new Set([
  ...["$ref", "allOf", "anyOf", "oneOf", "type", "const", "enum", "not"],
  ...["properties", "patternProperties", "additionalProperties", "propertyNames", "required", "minProperties", "maxProperties"],
  ...["items", "prefixItems", "minItems", "maxItems", "uniqueItems", "minLength", "maxLength", "pattern", "format"],
  ...["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"],
]);
const UNHELD = new Map([
  ["$dynamicRef", "what it refers to depends on the way to it"],
  ["$recursiveRef", "what it refers to depends on the way to it"],
  ["if", "a grammar cannot look at the value again"],
  ["dependentSchemas", "a grammar cannot look at the value again"],
  ["dependentRequired", "a grammar cannot look at other members"],
  ["dependencies", "a grammar cannot look at other members"],
  ["contains", "a grammar cannot look for an item"],
  ["unevaluatedProperties", "what other schemas have looked at is not known"],
  ["unevaluatedItems", "what other schemas have looked at is not known"],
]);

/** Names the keywords of a schema that no grammar holds a value to, once. */
export function relaxKeywords(node: SchemaNode, relax: Relax): void {
  if (node.schema === false) return;
  for (const [keyword, value] of Object.entries(node.schema)) {
    if (HELD.has(keyword) || SILENT.has(keyword) || keyword.startsWith("x-") || isIdle(node.schema, keyword, value)) continue;
    relax(node, keyword, UNHELD.get(keyword) ?? "it is not a keyword of JSON Schema");
  }
}

/** A keyword that allows everything, or has no effect by itself. */
function isIdle(schema: SchemaObject, keyword: string, value: unknown): boolean {
  if (keyword === "if") return schema["then"] === undefined && schema["else"] === undefined;
  if (keyword.startsWith("unevaluated")) return value === true;
  return keyword.startsWith("depend") && isObject(value) && Object.keys(value).length === 0;
}

/** The keywords of a schema that say something of values. */
export function tellingKeywords(schema: SchemaObject): string[] {
  return Object.keys(schema).filter((keyword) => !SILENT.has(keyword) && !keyword.startsWith("x-"));
}

/** True where a schema says nothing about values. */
export function allowsAll(node: SchemaNode): boolean {
  return node.schema !== false && Object.keys(node.schema).every((keyword) => SILENT.has(keyword));
}
