import type { Steps } from "../../../base/slices/slices.js";
import { look, makeItems, makeObjects, spend } from "./budget.js";

/** What a template computes with. Templates are written for Jinja in Python, so the types, their names and their rules are Python's. */
export type Value =
  Undefined | null | boolean | number | Float | string | Markup | Value[] | Tuple | Dict | View | Lazy | Members | Callable;

/** Integers, texts, truth values and None can be keys. */
export type Key = string | number | boolean | null;
export type Dict = Map<Key, Value>;

/** A failure while a template is rendered; `raised` where the template itself refuses what it is given. */
export class TemplateError extends Error {
  readonly raised: boolean;

  constructor(message: string, { raised = false, cause }: { raised?: boolean; cause?: unknown } = {}) {
    super(message, { cause });
    this.raised = raised;
  }
}

/** A variable or member that does not exist: empty and false, and an error in nearly everything else. */
export class Undefined {
  /** Says what does not exist. */
  readonly what: string;

  constructor(what: string) {
    this.what = what;
  }
}

/** A number with a fraction; integers are plain numbers. */
export class Float {
  readonly value: number;

  constructor(value: number) {
    this.value = value;
  }
}

export class Tuple {
  readonly items: readonly Value[];

  constructor(items: readonly Value[]) {
    this.items = items;
  }
}

/** A text that is safe in HTML: what is added to it is escaped. */
export class Markup {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** The keys, values or items of a dictionary. */
export class View {
  readonly kind: "keys" | "values" | "items";
  readonly items: readonly Value[];

  constructor(kind: View["kind"], items: readonly Value[]) {
    this.kind = kind;
    this.items = items;
  }
}

/** A generator: it has no length and can be read once. */
export class Lazy {
  private readonly rest: Iterator<Value>;

  constructor(items: Iterable<Value>) {
    this.rest = items[Symbol.iterator]();
  }

  *[Symbol.iterator](): Generator<Value> {
    for (let next = this.rest.next(); next.done !== true; next = this.rest.next()) yield next.value;
  }
}

/** A namespace, or the state of a loop: something with members and no items. */
export interface Members {
  readonly typeName: string;
  member(name: string): Value | undefined;
}

export class Namespace implements Members {
  readonly typeName = "Namespace";
  readonly members: Map<string, Value>;

  constructor(members: Map<string, Value>) {
    this.members = members;
  }

  member(name: string): Value | undefined {
    return this.members.get(name);
  }
}

/** Arguments as they are given in a call. */
export interface Arguments {
  positional: readonly Value[];
  named: ReadonlyMap<string, Value>;
}

export class Callable {
  readonly name: string;
  readonly call: (args: Arguments) => Value;
  /** A macro's text, in steps. */
  readonly steps: ((args: Arguments) => Steps<string>) | undefined;

  constructor(name: string, call: (args: Arguments) => Value, steps?: (args: Arguments) => Steps<string>) {
    this.name = name;
    this.call = call;
    this.steps = steps;
  }
}

/** The first value that is there: None is one. */
export function firstOf(...values: readonly (Value | undefined)[]): Value | undefined {
  return values.find((value) => value !== undefined);
}

/** How much a template is given. */
export interface GivenSize {
  characters: number;
}

/** An item counts as so many characters. */
const CHARACTERS_PER_ITEM = 8;

/** A value of JSON as templates have it; its size is added. */
export function toValue(value: unknown, size: GivenSize): Value {
  size.characters += CHARACTERS_PER_ITEM;
  if (typeof value === "string") {
    size.characters += value.length;
    return value;
  }
  if (typeof value === "number") return Number.isInteger(value) && Math.abs(value) < 1e21 ? value : new Float(value);
  if (value === undefined) return new Undefined("a value is undefined");
  if (typeof value !== "object" || value === null) return value as boolean | null;
  if (Array.isArray(value)) return value.map((item) => toValue(item, size));
  const dict: Dict = new Map();
  for (const [key, one] of Object.entries(value)) {
    if (one === undefined) continue;
    size.characters += key.length;
    dict.set(key, toValue(one, size));
  }
  return dict;
}

export function isText(value: Value): value is string | Markup {
  return typeof value === "string" || value instanceof Markup;
}

/** The characters of a text. */
export function textOf(value: string | Markup): string {
  return typeof value === "string" ? value : value.text;
}

/** The number a value counts as, truth values too. */
export function numberOf(value: Value): number | undefined {
  if (typeof value === "number") return value;
  if (typeof value === "boolean") return Number(value);
  return value instanceof Float ? value.value : undefined;
}

/** A value's items where it is a list or a tuple. */
export function itemsOf(value: Value): readonly Value[] | undefined {
  if (Array.isArray(value)) return value;
  return value instanceof Tuple ? value.items : undefined;
}

export function typeName(value: Value): string {
  if (value === null) return "NoneType";
  if (typeof value === "boolean") return "bool";
  if (typeof value === "number") return "int";
  if (typeof value === "string") return "str";
  if (Array.isArray(value)) return "list";
  if (value instanceof Map) return "dict";
  if (value instanceof View) return `dict_${value.kind}`;
  const known = CLASSES.find(([type]) => value instanceof type);
  return known ? known[1] : (value as Members).typeName;
}

const CLASSES = [
  [Float, "float"],
  [Tuple, "tuple"],
  [Undefined, "Undefined"],
  [Markup, "Markup"],
  [Lazy, "generator"],
  [Callable, "function"],
] as const;

export function isTrue(value: Value): boolean {
  if (typeof value !== "object" || value === null) return Boolean(value);
  if (value instanceof Undefined) return false;
  if (value instanceof Float) return value.value !== 0;
  if (value instanceof Markup) return value.text !== "";
  if (value instanceof Map) return value.size > 0;
  const items = value instanceof View ? value.items : itemsOf(value);
  return items === undefined || items.length > 0;
}

/** What is true of texts with characters of two code units. */
const PAIRS = /[\uD800-\uDBFF][\uDC00-\uDFFF]/g;
const WIDE = /[\uD800-\uDBFF]/;

/** Whether a text has characters of two code units. */
export function isWide(text: string): boolean {
  look(text.length);
  return WIDE.test(text);
}

/** The characters of a text, as Python counts them. */
export function charactersOf(text: string): readonly string[] {
  spend(text.length);
  makeItems(text.length);
  return isWide(text) ? Array.from(text) : text.split("");
}

/** How many characters a text has, as Python counts them. */
export function characterCount(text: string): number {
  if (!isWide(text)) return text.length;
  spend(text.length);
  return text.length - (text.match(PAIRS)?.length ?? 0);
}

/** A dictionary with its entries. */
export function dictionary(entries: Iterable<readonly [Key, Value]>): Dict {
  const dict = new Map(entries);
  makeObjects(1 + dict.size);
  return dict;
}

/** Everything a loop over the value sees. Throws TemplateError for what has no items. */
export function iterate(value: Value): Iterable<Value> {
  if (isText(value)) return charactersOf(textOf(value));
  const items = itemsOf(value);
  if (items) return items;
  if (value instanceof Map) return value.keys();
  if (value instanceof View) return value.items;
  if (value instanceof Lazy) return value;
  if (value instanceof Undefined) return [];
  throw new TemplateError(`'${typeName(value)}' object is not iterable`);
}

/** How many items or characters a value has. Throws TemplateError for what has no length. */
export function lengthOf(value: Value): number {
  if (isText(value)) return characterCount(textOf(value));
  if (value instanceof Map) return value.size;
  if (value instanceof Undefined) return 0;
  const items = value instanceof View ? value.items : itemsOf(value);
  if (items) return items.length;
  throw new TemplateError(`object of type '${typeName(value)}' has no len()`);
}

/** The value as the key of a dictionary. Throws TemplateError for lists and dictionaries. */
export function toKey(value: Value): Key {
  if (typeof value === "number" || typeof value === "boolean" || value === null) return value;
  if (isText(value)) return textOf(value);
  if (value instanceof Float) return value.value;
  throw new TemplateError(`unhashable type: '${typeName(value)}'`);
}
