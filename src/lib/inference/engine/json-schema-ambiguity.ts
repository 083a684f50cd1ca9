type Schema = Readonly<Record<string, unknown>>;
type Definitions = Readonly<Record<string, unknown>>;

/** A schema with the definitions its references mean. */
interface Scoped {
  schema: Schema;
  definitions: Definitions;
}

/** So many alternatives at one place cost a step of the model a few milliseconds. */
const MOST_ALTERNATIVES = 512;
/** Alternatives of all places together that are looked at before a schema is given up. */
const MOST_LOOKS = 20_000;
const REFERENCE = "#/$defs/";

/**
 * Whether an answer to a schema may come to a place where more than MOST_ALTERNATIVES of its parts may go on: llama.cpp follows all of them
 * with each token, and objects that begin alike within objects that begin alike make so many of very few. The schema is known to be
 * bounded: its references lead to definitions, and none back to itself.
 */
export function isTooAmbiguous(schema: object): boolean {
  try {
    new Places().follow(schema as Schema);
    return false;
  } catch (thrown) {
    if (thrown instanceof TooMany) return true;
    throw thrown;
  }
}

class TooMany extends Error {}

class Places {
  private looks = 0;
  private readonly ids = new Map<Schema, number>();
  private readonly followed = new Set<string>();

  follow(schema: Schema): void {
    const waiting: Scoped[][] = [[{ schema, definitions: {} }]];
    for (let place = waiting.pop(); place; place = waiting.pop()) {
      const parts = this.partsOf(place);
      const key = parts
        .map((part) => this.idOf(part))
        .sort()
        .join();
      if (this.followed.has(key)) continue;
      this.followed.add(key);
      waiting.push(...this.placesWithin(parts));
    }
  }

  private idOf({ schema }: Scoped): number {
    const id = this.ids.get(schema) ?? this.ids.size;
    this.ids.set(schema, id);
    return id;
  }

  private look(count: number): void {
    this.looks += count;
    if (this.looks > MOST_LOOKS) throw new TooMany();
  }

  /** What may begin where these may, without references and oneOf. */
  private partsOf(place: readonly Scoped[]): Scoped[] {
    const parts: Scoped[] = [];
    const waiting = [...place];
    for (let next = waiting.pop(); next; next = waiting.pop()) {
      this.look(1);
      if (parts.length + waiting.length >= MOST_ALTERNATIVES) throw new TooMany();
      const alternatives = alternativesOf(next);
      if (alternatives) waiting.push(...alternatives);
      else parts.push(next);
    }
    return parts;
  }

  /** What may come within schemas that began at one place: the same member of several objects, the same item of several lists. */
  private placesWithin(parts: readonly Scoped[]): Scoped[][] {
    const objects = parts.filter(({ schema }) => schema["type"] === "object");
    const lists = parts.filter(({ schema }) => schema["type"] === "array");
    const longest = Math.max(0, ...lists.map(({ schema }) => firstItems(schema).length));
    const items = Array.from({ length: longest + 1 }, (_, at) => inner(lists, (schema) => firstItems(schema)[at] ?? schema["items"]));
    this.look(items.length * lists.length);
    const others = inner(objects, (schema) => schema["additionalProperties"]);
    return [...this.membersWithin(objects), ...items, others].filter((place) => place.length > 0);
  }

  /** The members of objects, one after the other, of those together that were not told apart by a constant before. */
  private membersWithin(objects: readonly Scoped[]): Scoped[][] {
    const places: Scoped[][] = [];
    const waiting = [{ alike: objects, at: 0 }];
    for (let next = waiting.pop(); next; next = waiting.pop()) {
      const { alike, at } = next;
      this.look(alike.length);
      const byName = new Map<string, Scoped[]>();
      for (const object of alike) {
        const name = Object.keys(membersOf(object.schema))[at];
        if (name !== undefined) byName.set(name, [...(byName.get(name) ?? []), object]);
      }
      for (const [name, same] of byName) {
        places.push(inner(same, (schema) => membersOf(schema)[name]));
        for (const rest of same.length > 1 ? tellApart(same, name) : [same]) waiting.push({ alike: rest, at: at + 1 });
      }
    }
    return places;
  }
}

/** What a reference means, or a oneOf allows; undefined for what is neither. */
function alternativesOf({ schema, definitions: outer }: Scoped): Scoped[] | undefined {
  const own = schema["$defs"];
  const definitions = isSchema(own) ? { ...outer, ...own } : outer;
  const reference = schema["$ref"];
  const found = typeof reference === "string" ? [definitions[reference.slice(REFERENCE.length)]] : schema["oneOf"];
  return Array.isArray(found) ? found.filter(isSchema).map((one) => ({ schema: one, definitions })) : undefined;
}

/** Objects by the values they may have under a name, where those are listed; the others may be any of them. */
function tellApart(objects: readonly Scoped[], name: string): Scoped[][] {
  const byValue = new Map<string, Scoped[]>();
  const open: Scoped[] = [];
  for (const object of objects) {
    const values = valuesOf(membersOf(object.schema)[name]);
    if (!values) open.push(object);
    for (const value of values ?? []) byValue.set(value, [...(byValue.get(value) ?? []), object]);
  }
  return byValue.size === 0 ? [open] : [...byValue.values()].map((same) => [...same, ...open]);
}

/** The values of a const or an enum, as JSON. */
function valuesOf(schema: unknown): string[] | undefined {
  if (!isSchema(schema)) return undefined;
  if (schema["const"] !== undefined) return [JSON.stringify(schema["const"])];
  return Array.isArray(schema["enum"]) ? schema["enum"].map((value) => JSON.stringify(value)) : undefined;
}

function inner(of: readonly Scoped[], get: (schema: Schema) => unknown): Scoped[] {
  return of.flatMap(({ schema, definitions: outer }) => {
    const found = get(schema);
    const own = schema["$defs"];
    return isSchema(found) ? [{ schema: found, definitions: isSchema(own) ? { ...outer, ...own } : outer }] : [];
  });
}

function firstItems(schema: Schema): readonly unknown[] {
  return Array.isArray(schema["prefixItems"]) ? (schema["prefixItems"] as unknown[]) : [];
}

function membersOf(schema: Schema): Schema {
  return isSchema(schema["properties"]) ? schema["properties"] : {};
}

function isSchema(value: unknown): value is Schema {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
