import { TooComplex } from "./automaton.js";
import { countsOf, keywordOf, type Compilation, type Counts } from "./compilation.js";
import { choice, NOTHING, sequence, type Expression } from "./expression.js";
import { anyObject } from "./json-value.js";
import { MemberKeys } from "./member-keys.js";
import type { SchemaNode } from "./schema-document.js";
import { trieOf } from "./trie.js";
import type { Variant } from "./variants.js";

const KEYWORDS = ["properties", "required", "additionalProperties", "patternProperties", "propertyNames", "minProperties", "maxProperties"];
/** So many names are told apart at once; of more, those of each block that begins at a multiple of a power of two. */
const MOST_AT_ONCE = 40;
const BLOCK = 8;
const MOST_PLACES = 20_000;

/**
 * What writes JSON objects that follow schemas: members in the order of "properties", those not required or not, then others. An expression
 * where nothing is said of members; undefined where no object follows the schemas.
 */
export function objectsOf(compilation: Compilation, variant: Variant, key: string): ObjectWriter | string | undefined {
  const counts = countsOf(compilation, variant, ["minProperties", "maxProperties"]);
  if (counts.max !== undefined && counts.min > counts.max) return undefined;
  if (!KEYWORDS.some((keyword) => keywordOf(variant, keyword).length > 0)) return anyObject(compilation.rules);
  return new ObjectWriter(compilation, variant, { key, counts });
}

interface Member {
  name: string;
  schemas: readonly SchemaNode[] | undefined;
  value: Expression;
  required: boolean;
}

/** A place in an object: before one of its names, with so many members before it. */
export interface Place {
  object: ObjectWriter;
  at: number;
  count: number;
}

/** Writes what may follow at each place of an object: after so many of its names, and so many members where they are counted. */
export class ObjectWriter {
  readonly key: string;
  private readonly compilation: Compilation;
  private readonly members: readonly Member[];
  private readonly counts: Counts;
  /** Members are counted so far; 0 where the count says nothing. */
  private readonly counted: number;
  private readonly others: OtherKeys;
  /** The place of the first name from each on that must come; the number of names where none must. */
  private readonly nextRequired: readonly number[];

  constructor(compilation: Compilation, variant: Variant, { key, counts }: { key: string; counts: Counts }) {
    this.compilation = compilation;
    this.key = key;
    const keys = new MemberKeys(compilation, variant);
    this.members = keys.names.map((name) => {
      const schemas = keys.schemasOf(name);
      return { name, schemas, required: keys.required.has(name), value: schemas ? compilation.valueOf(schemas) : NOTHING };
    });
    this.nextRequired = findRequired(this.members);
    this.others = otherKeys(compilation, keys, variant);
    const isOpen = this.others.schemas.some((schemas) => schemas.every(({ schema }) => schema !== false));
    this.counts = this.usefulCounts(counts, keys.required.size, isOpen);
    this.counted = Math.max(this.counts.min, this.counts.max ?? 0);
    if ((this.members.length + 1) * (this.counted + 1) > MOST_PLACES) {
      throw compilation.document.refusal(variant[0]?.pointer ?? "", `it counts too many members, up to ${this.counted}`);
    }
    if (isOpen && this.counts.min >= 2) relaxDistinct(compilation, variant);
  }

  write(): Expression {
    const begun = this.begin();
    const empty = this.mayEnd(begun) ? ['"}"'] : [];
    return sequence('"{"', this.compilation.ws, choice(sequence('"\\""', this.keysFrom(begun)), ...empty));
  }

  /** Before the first name. */
  begin(): Place {
    return { object: this, at: 0, count: 0 };
  }

  /** After the member at a place. */
  after({ at, count }: Place): Place {
    return { object: this, at: at + 1, count: this.next(count) };
  }

  mayEnd({ at, count }: Place): boolean {
    return count >= this.counts.min && this.nextRequired[at] === this.members.length;
  }

  /** Whether no further member may come. */
  isFull({ count }: Place): boolean {
    return this.counts.max !== undefined && count >= this.counts.max;
  }

  /** The names that may come at a place, up to the first that must. */
  namesAt({ at }: Place): { name: string; at: number }[] {
    const last = (this.nextRequired[at] ?? at) + 1;
    return this.members.slice(at, last).map(({ name }, index) => ({ name, at: at + index }));
  }

  /** What the member at a place has to follow; undefined where its name is not allowed. */
  schemasAt({ at }: Place): readonly SchemaNode[] | undefined {
    return this.members[at]?.schemas;
  }

  valueAt({ at }: Place): Expression {
    return this.members[at]?.value ?? NOTHING;
  }

  /** Counts that the names alone already keep are none. */
  private usefulCounts({ min, max }: Counts, required: number, open: boolean): Counts {
    const most = open ? Infinity : this.members.length;
    return { min: min <= required ? 0 : min, max: max !== undefined && max < most ? max : undefined };
  }

  /** After a member: the end, or a comma and another one of those from a place on. */
  rest(place: Place): Expression {
    return this.rule("rest", [place.at, place.count], () => {
      const { ws } = this.compilation;
      const end = this.mayEnd(place) ? [sequence(ws, '"}"')] : [];
      return choice(...(this.isFull(place) ? [] : [sequence('","', ws, '"\\""', this.keysFrom(place))]), ...end);
    });
  }

  /** The names that may come at a place, up to the first that must; others only after all that must. */
  keysFrom(place: Place): Expression {
    const { at, count } = place;
    return this.rule("keys", [at, count], () => {
      if (this.counts.max === 0) return NOTHING;
      const next = this.nextRequired[at] ?? at;
      const names = blocksOf(at, Math.min(next + 1, this.members.length)).map(([from, to]) => this.names(from, to, count));
      return choice(...names, this.othersFrom(place));
    });
  }

  private names(from: number, to: number, count: number): Expression {
    return this.rule("names", [from, to, count], () => {
      const members = this.members.slice(from, to);
      const texts = new Map(members.map(({ name }, index) => [`${JSON.stringify(name).slice(1)}:`, index]));
      const automaton = trieOf(texts, this.compilation.effort);
      const ends = members.map((_, index) => this.member({ object: this, at: from + index, count }));
      return { kind: "automaton", automaton, writing: "text", ends, hint: "name" };
    });
  }

  /** The value of the member at a place, and what follows it. */
  member(place: Place): Expression {
    return this.rule("member", [place.at, place.count], () =>
      sequence(this.compilation.ws, this.valueAt(place), this.rest(this.after(place))),
    );
  }

  /** Names that are not known beforehand, where they may come. */
  othersFrom({ at, count }: Place): Expression {
    const { automaton, schemas } = this.others;
    if (schemas.length === 0 || this.nextRequired[at] !== this.members.length) return NOTHING;
    return this.rule("others", [count], () => {
      const rest = this.rest({ object: this, at: this.members.length, count: this.next(count) });
      const ends = schemas.map((nodes) => sequence('"\\":"', this.compilation.ws, this.compilation.valueOf(nodes), rest));
      return { kind: "automaton", automaton, writing: "json", ends, hint: "other-name" };
    });
  }

  private next(count: number): number {
    return Math.min(count + 1, this.counted);
  }

  private rule(kind: string, place: readonly number[], build: () => Expression): Expression {
    return this.compilation.define(`${this.key}/${kind}/${place.join("/")}`, kind, build);
  }
}

function findRequired(members: readonly Member[]): number[] {
  const places = [members.length];
  for (let at = members.length - 1; at >= 0; at--) places.push(members[at]?.required ? at : (places.at(-1) ?? at));
  return places.reverse();
}

type OtherKeys = ReturnType<MemberKeys["others"]>;

function otherKeys({ relax, document }: Compilation, keys: MemberKeys, variant: Variant): OtherKeys {
  try {
    return keys.others();
  } catch (thrown) {
    if (!(thrown instanceof TooComplex)) throw thrown;
    const [place] = [
      ...keywordOf(variant, "patternProperties"),
      ...keywordOf(variant, "propertyNames"),
      ...keywordOf(variant, "properties"),
    ];
    if (!place) throw document.refusal(variant[0]?.pointer ?? "", thrown.message);
    relax(place.node, "patternProperties", `names it does not match are left out: ${thrown.message}`);
    return { automaton: { edges: [[]], ends: [-1] }, schemas: [] };
  }
}

/** Names that are not known beforehand may come twice, which counts them once. */
function relaxDistinct({ relax }: Compilation, variant: Variant): void {
  for (const { node } of keywordOf(variant, "minProperties")) relax(node, "minProperties", "a grammar cannot see that two names differ");
}

/** Ranges of names from one to before another, few and most of them shared with other places. */
function blocksOf(from: number, to: number): [number, number][] {
  if (to - from <= MOST_AT_ONCE) return from < to ? [[from, to]] : [];
  const blocks: [number, number][] = [];
  for (let at = from; at < to;) {
    let size = at % BLOCK === 0 ? BLOCK : BLOCK - (at % BLOCK);
    while (at % (2 * size) === 0 && at + 2 * size <= to && size >= BLOCK) size *= 2;
    const end = Math.min(at + size, to);
    blocks.push([at, end]);
    at = end;
  }
  return blocks;
}
