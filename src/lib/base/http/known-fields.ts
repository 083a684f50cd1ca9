import type { z } from "zod";
import { jsonSchemaOf } from "./openapi.js";

interface JsonSchema {
  type?: string | string[];
  properties?: Record<string, JsonSchema>;
  additionalProperties?: boolean | JsonSchema;
  items?: JsonSchema | boolean;
  prefixItems?: JsonSchema[];
  anyOf?: JsonSchema[];
  oneOf?: JsonSchema[];
  allOf?: JsonSchema[];
}

/** The fields a value may have, each with those of its own value; undefined where every field may be there. */
export interface KnownFields {
  /** Undefined where every name is known. */
  members: ReadonlyMap<string, KnownFields> | undefined;
  /** Of each item, where the value is a list. */
  items: KnownFields | undefined;
}

const ANYTHING: KnownFields = { members: undefined, items: undefined };
const NO_MEMBERS: KnownFields["members"] = new Map();
/** A body may have thousands: nobody reads more. */
const MOST_NAMED = 100;

/** The fields a schema knows, in objects and lists within it too. */
export function knownFields(schema: z.ZodType): KnownFields {
  return fromJsonSchema(jsonSchemaOf(schema, "input")) ?? ANYTHING;
}

/**
 * The names of fields in a body that nothing knows, each once: `stream_options.x` within an object, `tools.function.x` within the objects of
 * a list. A field that is null says nothing, and is left out; so is everything past a hundred.
 */
export function unknownFields(known: KnownFields, body: unknown): string[] {
  const found = new Set<string>();
  collect(known, body, { prefix: "", found });
  return [...found];
}

function collect(known: KnownFields, value: unknown, { prefix, found }: { prefix: string; found: Set<string> }): void {
  if (typeof value !== "object" || value === null) return;
  if (Array.isArray(value)) {
    const { items } = known;
    if (items) for (const item of value) collect(items, item, { prefix, found });
    return;
  }
  if (known.members) collectMembers(known.members, value, { prefix, found });
}

function collectMembers(
  members: ReadonlyMap<string, KnownFields>,
  value: object,
  { prefix, found }: { prefix: string; found: Set<string> },
): void {
  for (const [name, member] of Object.entries(value) as [string, unknown][]) {
    if (found.size >= MOST_NAMED) return;
    if (member === null || member === undefined) continue;
    const path = prefix === "" ? name : `${prefix}.${name}`;
    const below = members.get(name);
    if (below) collect(below, member, { prefix: path, found });
    else found.add(path);
  }
}

/** Undefined for what has no fields: texts, numbers, nothing at all. */
function fromJsonSchema(schema: JsonSchema | boolean): KnownFields | undefined {
  if (typeof schema === "boolean") return schema ? ANYTHING : undefined;
  const alternatives = schema.anyOf ?? schema.oneOf ?? schema.allOf;
  if (alternatives) return alternatives.map(fromJsonSchema).reduce(merge, undefined);
  if (schema.type === undefined) return isPlain(schema) ? undefined : ANYTHING;
  const types = [schema.type].flat();
  const items = types.includes("array") ? (itemsOf(schema) ?? ANYTHING) : undefined;
  if (!types.includes("object")) return items && { members: NO_MEMBERS, items };
  return { members: membersOf(schema), items };
}

function itemsOf({ items = {}, prefixItems = [] }: JsonSchema): KnownFields | undefined {
  return [items, ...prefixItems].map(fromJsonSchema).reduce(merge, undefined);
}

/** A constant or one of several: it has no fields. */
function isPlain(schema: JsonSchema): boolean {
  return "const" in schema || "enum" in schema;
}

function membersOf({ properties = {}, additionalProperties = false }: JsonSchema): KnownFields["members"] {
  if (additionalProperties !== false) return undefined;
  return new Map(Object.entries(properties).map(([name, schema]) => [name, fromJsonSchema(schema) ?? ANYTHING]));
}

/** What either of two alternatives knows. */
function merge(one: KnownFields | undefined, other: KnownFields | undefined): KnownFields | undefined {
  if (!one || !other) return one ?? other;
  return { members: mergeMembers(one.members, other.members), items: merge(one.items, other.items) };
}

function mergeMembers(one: KnownFields["members"], other: KnownFields["members"]): KnownFields["members"] {
  if (!one || !other) return undefined;
  const both = new Map(one);
  for (const [name, known] of other) both.set(name, merge(both.get(name), known) ?? known);
  return both;
}
