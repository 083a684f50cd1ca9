/** The grammar of a schema is made in one go: these bounds keep that within about 100 ms. */
const DEEPEST = 64;
const MOST_PARTS = 2000;
/** The grammar's maker goes through all of them wherever there is a reference. */
const MOST_DEFINITIONS = 100;
const MOST_CHARACTERS = 200_000;
const MOST_REPETITIONS = 20_000;
/** llama.cpp repeats nothing more often than that. */
const MOST_OF_ONE = 1999;

const COUNTS = [
  ["minItems", "maxItems"],
  ["minLength", "maxLength"],
  ["minProperties", "maxProperties"],
] as const;
const REFERENCE = "#/$defs/";

type Schema = Readonly<Record<string, unknown>>;
type Definitions = Readonly<Record<string, unknown>>;

/** What is wrong with a schema, and where in it. */
export interface SchemaProblem {
  place: string;
  problem: string;
}

/**
 * What makes a JSON schema too large for a grammar, or one that never ends: its depth, its parts, its counts, references to nothing and
 * references that lead back to themselves. Undefined where nothing does; the shape of the schema is not looked at.
 */
export function findUnboundedSchema(schema: object): SchemaProblem | undefined {
  try {
    new Walk().visit(schema, [], {});
  } catch (thrown) {
    if (thrown instanceof Unbounded) return thrown.found;
    throw thrown;
  }
  return undefined;
}

class Unbounded extends Error {
  readonly found: SchemaProblem;

  constructor(place: readonly string[], problem: string) {
    super(problem);
    this.found = { place: place.length > 8 ? `${place.slice(0, 8).join(".")}...` : place.join("."), problem };
  }
}

class Walk {
  private parts = 0;
  private characters = 0;
  private definitions = 0;
  private repetitions = 0;
  /** Definitions on the way from a reference. */
  private readonly followed = new Set<Schema>();
  private readonly grounded = new Set<Schema>();

  visit(value: unknown, place: readonly string[], outer: Definitions): void {
    if (!isObject(value)) return;
    if (place.length > 2 * DEEPEST) throw new Unbounded(place, `it is nested deeper than ${DEEPEST} schemas`);
    const own = value["$defs"];
    if (isObject(own)) this.definitions += Object.keys(own).length;
    if (this.definitions > MOST_DEFINITIONS) throw new Unbounded(place, `the schema has more than ${MOST_DEFINITIONS} definitions`);
    const definitions = isObject(own) ? { ...outer, ...own } : outer;
    this.countParts(value, place);
    this.countRepetitions(value, place);
    if (value["$ref"] !== undefined) this.checkReference(value["$ref"], [...place, "$ref"], definitions);
    for (const [name, inner] of innerSchemas(value)) this.visit(inner, [...place, ...name], definitions);
  }

  /** A reference has to lead to a definition that says something before it refers to itself. */
  private checkReference(reference: unknown, place: readonly string[], definitions: Definitions): void {
    const found = definitionOf(reference, definitions);
    if (!isObject(found)) throw new Unbounded(place, `${JSON.stringify(reference)} is not a definition in $defs`);
    if (this.followed.has(found)) throw new Unbounded(place, `${JSON.stringify(reference)} leads back to itself`);
    if (this.grounded.has(found)) return;
    this.followed.add(found);
    for (const next of referencesOf(found)) this.checkReference(next, place, definitions);
    this.followed.delete(found);
    this.grounded.add(found);
  }

  private countParts(schema: Schema, place: readonly string[]): void {
    const texts = [schema["enum"], schema["required"], schema["const"]].flat().filter((one) => one !== undefined);
    const names = ["properties", "$defs"].flatMap((key) => (isObject(schema[key]) ? Object.keys(schema[key]) : []));
    this.parts += 1 + texts.length + names.length;
    for (const text of [...texts, ...names]) this.characters += typeof text === "string" ? text.length : 1;
    if (this.parts > MOST_PARTS) throw new Unbounded(place, `the schema has more than ${MOST_PARTS} schemas, names and values`);
    if (this.characters > MOST_CHARACTERS) throw new Unbounded(place, `names and values have more than ${MOST_CHARACTERS} characters`);
  }

  private countRepetitions(schema: Schema, place: readonly string[]): void {
    for (const keys of COUNTS) {
      const [least = 0, most = Infinity] = keys.map((key) => this.countOf(schema[key], [...place, key]));
      if (least > most) throw new Unbounded([...place, keys[0]], `${least} is more than ${keys[1]}, ${most}`);
    }
    if (this.repetitions > MOST_REPETITIONS) throw new Unbounded(place, `the counts of the schema add up to more than ${MOST_REPETITIONS}`);
  }

  private countOf(value: unknown, place: readonly string[]): number | undefined {
    if (typeof value !== "number") return undefined;
    if (value > MOST_OF_ONE) throw new Unbounded(place, `${value} is more than ${MOST_OF_ONE}, the most a grammar can count`);
    this.repetitions += value;
    return value;
  }
}

/** The schemas directly within one, with the way to each. */
function innerSchemas(schema: Schema): [place: string[], inner: unknown][] {
  return Object.entries(schema).flatMap(([key, value]): [string[], unknown][] => {
    if (key === "items" || key === "additionalProperties") return [[[key], value]];
    if ((key === "oneOf" || key === "prefixItems") && Array.isArray(value))
      return value.map((inner, index) => [[key, String(index)], inner]);
    if ((key === "properties" || key === "$defs") && isObject(value)) {
      return Object.entries(value).map(([name, inner]) => [[key, name], inner]);
    }
    return [];
  });
}

/** What a schema refers to before it says anything itself. */
function referencesOf(schema: Schema): unknown[] {
  if (schema["$ref"] !== undefined) return [schema["$ref"]];
  const alternatives = schema["oneOf"];
  return Array.isArray(alternatives) ? alternatives.filter(isObject).flatMap(referencesOf) : [];
}

function definitionOf(reference: unknown, definitions: Definitions): unknown {
  if (typeof reference !== "string" || !reference.startsWith(REFERENCE)) return undefined;
  const name = reference.slice(REFERENCE.length);
  return Object.hasOwn(definitions, name) ? definitions[name] : undefined;
}

function isObject(value: unknown): value is Schema {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
