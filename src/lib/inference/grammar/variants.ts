import { isObject, type SchemaDocument, type SchemaNode } from "./schema-document.js";

/** Schemas that all hold for a value, none of which leads to others that hold for the same value. */
export type Variant = readonly SchemaNode[];

/** What is to be done with a schema beside what it says by itself. */
interface Open {
  node: SchemaNode;
  /** Schemas that led to it without a step into the value. */
  through: readonly SchemaNode[];
}

interface Partial {
  done: ReadonlySet<SchemaNode>;
  waiting: readonly Open[];
  /** Alternatives that are to be chosen from. */
  choices: readonly Open[][];
}

const MOST_VARIANTS = 2000;
/** Also those that turn out to allow nothing. */
const MOST_TRIED = 5000;

/** Says that a part of the schema is not held. */
export type Relax = (node: SchemaNode, keyword: string, reason: string) => void;

/**
 * The ways for a value to follow all of these schemas: references are followed, allOf joined, anyOf and oneOf parted. A way that leads
 * back to itself is none. Throws INVALID_ARGUMENT where there are too many.
 */
export function variantsOf(document: SchemaDocument, nodes: readonly SchemaNode[], relax: Relax): Variant[] {
  const variants: Variant[] = [];
  const waiting: Partial[] = [{ done: new Set(), waiting: nodes.map((node) => ({ node, through: [] })), choices: [] }];
  let tried = 0;
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const settled = settle(document, next, relax);
    if (!settled) continue;
    const [choice, ...choices] = settled.choices;
    if (!choice) variants.push([...settled.done]);
    else for (const option of [...choice].reverse()) waiting.push({ done: settled.done, waiting: [option], choices });
    if (++tried > MOST_TRIED || variants.length + waiting.length > MOST_VARIANTS) {
      throw document.refusal(nodes[0]?.pointer ?? "", `it allows more than ${MOST_VARIANTS} combinations of alternatives`);
    }
  }
  return variants;
}

/** Follows all that leaves no choice; undefined where that allows nothing, or leads back to itself. */
function settle(document: SchemaDocument, { done: before, waiting: open, choices: left }: Partial, relax: Relax): Partial | undefined {
  const done = new Set(before);
  const choices = [...left];
  const waiting = [...open];
  for (let next = waiting.shift(); next; next = waiting.shift()) {
    const { node, through } = next;
    if (node.schema === false || through.includes(node)) return undefined;
    if (done.has(node)) continue;
    done.add(node);
    const path = [...through, node];
    if (path.length > 200) throw document.refusal(node.pointer, "its references lead from one to another more than 200 times");
    for (const inner of [...referenced(document, node, relax), ...joined(document, node)]) waiting.push({ node: inner, through: path });
    for (const options of alternatives(document, node)) choices.push(options.map((option) => ({ node: option, through: path })));
  }
  return { done, waiting: [], choices };
}

function referenced(document: SchemaDocument, node: SchemaNode, relax: Relax): SchemaNode[] {
  const reference = node.schema === false ? undefined : node.schema["$ref"];
  if (reference === undefined) return [];
  const found = document.resolve(node, reference);
  if (!found) relax(node, "$ref", "it refers to another document");
  return found ? [found] : [];
}

function joined(document: SchemaDocument, node: SchemaNode): SchemaNode[] {
  return listOf(document, node, "allOf");
}

function alternatives(document: SchemaDocument, node: SchemaNode): SchemaNode[][] {
  const { schema } = node;
  if (schema === false) return [];
  return ["anyOf", "oneOf"].filter((keyword) => schema[keyword] !== undefined).map((keyword) => listOf(document, node, keyword));
}

/** The schemas of a keyword that has a list of them. Throws INVALID_ARGUMENT where it has none. */
export function listOf(document: SchemaDocument, node: SchemaNode, keyword: string): SchemaNode[] {
  const list = node.schema === false ? undefined : node.schema[keyword];
  if (list === undefined) return [];
  if (!Array.isArray(list) || (list.length === 0 && !/items$/i.test(keyword)))
    throw document.refusal(`${node.pointer}/${keyword}`, "expected a list of schemas");
  return list.map((inner: unknown, index) => document.child(node, inner, keyword, index));
}

/** The schemas of a keyword that has them by name. Throws INVALID_ARGUMENT where it has something else. */
export function membersOf(document: SchemaDocument, node: SchemaNode, keyword: string): ReadonlyMap<string, SchemaNode> {
  const members = node.schema === false ? undefined : node.schema[keyword];
  if (members === undefined) return new Map();
  if (!isObject(members)) throw document.refusal(`${node.pointer}/${keyword}`, "expected an object that has a schema for each name");
  return new Map(Object.entries(members).map(([name, inner]) => [name, document.child(node, inner, keyword, name)]));
}

/** The schema of a keyword; undefined where it is absent. */
export function schemaOf(document: SchemaDocument, node: SchemaNode, keyword: string): SchemaNode | undefined {
  const inner = node.schema === false ? undefined : node.schema[keyword];
  return inner === undefined ? undefined : document.child(node, inner, keyword);
}
