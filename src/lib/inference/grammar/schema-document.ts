import { LlmopsError } from "../../base/errors/llmops-error.js";

export type SchemaObject = Readonly<Record<string, unknown>>;

/** A schema in its document. */
export interface SchemaNode {
  id: number;
  /** false allows nothing; what allows anything is an empty object. */
  schema: SchemaObject | false;
  /** RFC 6901. */
  pointer: string;
  /** What relative references in it are relative to. */
  base: string;
}

const MOST_DEEP = 160;
const MOST_PARTS = 20_000;
const MOST_CHARACTERS = 1_000_000;
const START = "http://schema.invalid/";
/** Their values are not schemas. */
const VALUES = new Set(["enum", "const", "default", "examples", "example"]);

/** A JSON schema with all it refers to. */
export class SchemaDocument {
  readonly root: SchemaNode;
  readonly param: string;
  private readonly nodes = new Map<unknown, SchemaNode>();
  private readonly named = new Map<string, SchemaNode>();
  private parts = 0;
  private characters = 0;

  /** Throws INVALID_ARGUMENT, naming `param`, for what is not a schema, or one too large. */
  constructor(schema: unknown, param: string) {
    this.param = param;
    this.measure(schema, 0, "");
    this.root = this.nodeOf(schema, "", START);
    this.named.set(START, this.root);
    this.findNames(this.root.schema, this.root);
  }

  /** The schema at a place within another. Throws INVALID_ARGUMENT where there is none. */
  child(parent: SchemaNode, value: unknown, ...path: readonly (string | number)[]): SchemaNode {
    return this.nodeOf(
      value,
      path.reduce<string>((pointer, part) => `${pointer}/${escapePart(String(part))}`, parent.pointer),
      parent.base,
    );
  }

  /**
   * What a reference means; undefined where that is in another document. Throws INVALID_ARGUMENT for one that leads nowhere in this one.
   */
  resolve(from: SchemaNode, reference: unknown): SchemaNode | undefined {
    if (typeof reference !== "string") throw this.refusal(`${from.pointer}/$ref`, "expected a string");
    const url = toUrl(reference, from.base);
    const fragment = decodeFragment(url?.hash.slice(1) ?? "");
    const resource = url && this.named.get(withoutHash(url));
    if (!resource) return undefined;
    const found =
      fragment === "" || fragment.startsWith("/") ? this.at(resource, fragment) : this.named.get(`${withoutHash(url)}#${fragment}`);
    if (found) return found;
    throw this.refusal(`${from.pointer}/$ref`, `${JSON.stringify(reference)} does not lead to a schema`);
  }

  /** The schema at a JSON pointer. */
  at(from: SchemaNode, pointer: string): SchemaNode | undefined {
    const value = valueAt(from.schema, pointer);
    return value === undefined ? undefined : this.nodeOf(value, from.pointer + pointer, from.base);
  }

  /** The refusal of what is wrong at a place. */
  refusal(pointer: string, problem: string): LlmopsError {
    const place = pointer.length > 120 ? `${pointer.slice(0, 120)}...` : pointer;
    return new LlmopsError("INVALID_ARGUMENT", `The JSON schema cannot be enforced: ${place === "" ? "" : `${place}: `}${problem}.`, {
      hint:
        place === ""
          ? "Fix the schema, or ask for a smaller one."
          : `Fix the schema at ${place} (a JSON pointer), or leave the keyword out.`,
      param: this.param,
    });
  }

  private nodeOf(value: unknown, pointer: string, base: string): SchemaNode {
    const known = typeof value === "object" ? this.nodes.get(value) : undefined;
    if (known) return known;
    if (typeof value !== "boolean" && !isObject(value)) throw this.refusal(pointer, "expected a schema: an object, true, or false");
    const schema = value === true ? {} : value;
    const id = schema !== false && isObject(value) ? toUrl(value["$id"], base) : undefined;
    const node = { id: this.nodes.size, schema, pointer, base: id && id.hash === "" ? id.href : base };
    this.nodes.set(typeof value === "object" ? value : pointer, node);
    return node;
  }

  private measure(value: unknown, depth: number, pointer: string): void {
    this.parts++;
    this.characters += typeof value === "string" ? value.length : 0;
    if (depth > MOST_DEEP) throw this.refusal(pointer, `it is nested deeper than ${MOST_DEEP} levels`);
    if (this.parts > MOST_PARTS) throw this.refusal("", `it has more than ${MOST_PARTS} schemas, names and values`);
    if (this.characters > MOST_CHARACTERS) throw this.refusal("", `it has more than ${MOST_CHARACTERS} characters`);
    if (typeof value !== "object" || value === null) return;
    for (const [name, inner] of Object.entries(value)) {
      this.characters += Array.isArray(value) ? 0 : name.length;
      this.measure(inner, depth + 1, pointer.length > 120 ? pointer : `${pointer}/${escapePart(name)}`);
    }
  }

  /** Schemas that are referred to by a name of their own: $id, $anchor. */
  private findNames(value: unknown, { pointer, base }: { pointer: string; base: string }): void {
    if (typeof value !== "object" || value === null) return;
    const url = isObject(value) ? toUrl(value["$id"], base) : undefined;
    const inner = url && url.hash === "" ? withoutHash(url) : base;
    if (isObject(value)) this.name(value, { pointer, base, url });
    for (const [key, member] of Object.entries(value)) {
      if (!VALUES.has(key)) this.findNames(member, { pointer: `${pointer}/${escapePart(key)}`, base: inner });
    }
  }

  private name(value: SchemaObject, { pointer, base, url }: { pointer: string; base: string; url: URL | undefined }): void {
    const anchors = [value["$anchor"], value["$dynamicAnchor"]].filter((anchor) => typeof anchor === "string");
    if (!url && anchors.length === 0) return;
    const node = this.nodeOf(value, pointer, base);
    if (url) this.named.set(url.hash === "" ? withoutHash(url) : url.href, node);
    for (const anchor of anchors) this.named.set(`${url && url.hash === "" ? withoutHash(url) : base}#${anchor}`, node);
  }
}

export function isObject(value: unknown): value is SchemaObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A name as a part of a JSON pointer. */
export function escapePart(name: string): string {
  return name.replace(/~/g, "~0").replace(/\//g, "~1");
}

function toUrl(reference: unknown, base: string): URL | undefined {
  return typeof reference === "string" && URL.canParse(reference, base) ? new URL(reference, base) : undefined;
}

function withoutHash(url: URL): string {
  return url.href.slice(0, url.href.length - url.hash.length).replace(/#$/, "");
}

/** What stands at a JSON pointer within a value; undefined where nothing does. */
export function valueAt(whole: unknown, pointer: string): unknown {
  let value = whole;
  for (const part of pointer.split("/").slice(1)) {
    const name = part.replace(/~1/g, "/").replace(/~0/g, "~");
    value = typeof value === "object" && value !== null && Object.hasOwn(value, name) ? (value as SchemaObject)[name] : undefined;
  }
  return value;
}

/** The text of a URL's fragment; as it stands where its percent signs are no encoding. */
export function decodeFragment(fragment: string): string {
  try {
    return decodeURIComponent(fragment);
  } catch {
    return fragment;
  }
}
