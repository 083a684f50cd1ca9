import { decodeFragment, valueAt } from "../../grammar/schema-document.js";

type Schema = Readonly<Record<string, unknown>>;

const DEEPEST = 16;

/** The JSON types a tool's schema allows for one of its arguments; undefined where it says nothing of them. */
export function typesOf(parameters: Schema | undefined, argument: string): ReadonlySet<string> | undefined {
  return parameters && typesIn(propertyOf(parameters, argument), parameters);
}

/** The schema of one argument. */
function propertyOf(parameters: Schema, argument: string): unknown {
  const properties = parameters["properties"];
  return isSchema(properties) && Object.hasOwn(properties, argument) ? properties[argument] : undefined;
}

/** The JSON types a schema allows, its references read from `root`; undefined where it says nothing of them. */
export function typesIn(schema: unknown, root: Schema, depth = 0): ReadonlySet<string> | undefined {
  if (!isSchema(schema) || depth > DEEPEST) return undefined;
  const reference = schema["$ref"];
  if (typeof reference === "string") return typesIn(resolve(reference, root), root, depth + 1);
  const said = schema["type"];
  if (typeof said === "string") return new Set(schema["nullable"] === true ? [said, "null"] : [said]);
  if (Array.isArray(said)) return new Set(said as string[]);
  const values = schema["const"] === undefined ? schema["enum"] : [schema["const"]];
  if (Array.isArray(values)) return new Set(values.map(typeOf));
  const alternatives = schema["anyOf"] ?? schema["oneOf"];
  return Array.isArray(alternatives) ? typesOfAll(alternatives, root, depth) : undefined;
}

function typesOfAll(alternatives: readonly unknown[], root: Schema, depth: number): ReadonlySet<string> | undefined {
  const each = alternatives.map((one) => typesIn(one, root, depth + 1));
  return each.includes(undefined) ? undefined : new Set(each.flatMap((types) => [...(types ?? [])]));
}

/** A reference within the same document: "#/$defs/name". */
function resolve(reference: string, root: Schema): unknown {
  if (!reference.startsWith("#")) return undefined;
  return valueAt(root, decodeFragment(reference.slice(1)));
}

function typeOf(value: unknown): string {
  if (value === null) return "null";
  return Array.isArray(value) ? "array" : typeof value;
}

/** The schema that a reference within `root` leads to; the schema itself where it is none. */
export function referred(schema: unknown, root: Schema, depth = 0): unknown {
  const reference = isSchema(schema) ? schema["$ref"] : undefined;
  if (typeof reference !== "string" || depth > DEEPEST) return schema;
  return referred(resolve(reference, root), root, depth + 1) ?? schema;
}

/** Whether a value is a schema with keywords. */
export function isSchema(value: unknown): value is Schema {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
