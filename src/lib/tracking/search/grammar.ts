import { invalid } from "../mlflow-error.js";
import { splitFilter, type RawClause, type RawValue } from "./tokens.js";

export type Comparator = ">" | ">=" | "=" | "!=" | "<" | "<=" | "LIKE" | "ILIKE" | "IN" | "NOT IN";

/** What values an identifier has, and so how it may be compared. */
export type ValueKind = "text" | "number";

export interface Field {
  kind: ValueKind;
  comparators: readonly Comparator[];
}

/** A kind of thing keys belong to ("metrics", "tags", attributes), with its names in filters. */
export interface Namespace {
  /** Prefixes that name it, in lower case; "" for identifiers without a prefix. */
  prefixes: readonly string[];
  /** The field of a key; undefined when there is no such key. */
  field: (key: string) => Field | undefined;
  /** Names users write for a key, to the key: Created -> start_time. */
  aliases?: Readonly<Record<string, string>>;
  /** Keys there are, for the error; none when any key goes. */
  keys?: readonly string[];
}

/** The identifiers of one search: its namespaces by name. */
export type Grammar<N extends string> = Readonly<Record<N, Namespace>>;

export interface Clause<N extends string> {
  namespace: N;
  key: string;
  comparator: Comparator;
  value: string | number | string[];
}

export interface OrderTerm<N extends string> {
  namespace: N;
  key: string;
  ascending: boolean;
}

export const NUMBER_COMPARATORS = [">", ">=", "=", "!=", "<", "<="] as const satisfies Comparator[];
export const TEXT_COMPARATORS = ["=", "!=", "LIKE", "ILIKE"] as const satisfies Comparator[];

/** A namespace whose keys are free: metrics, params, tags. */
export function freeKeys(prefixes: readonly string[], kind: ValueKind, comparators?: readonly Comparator[]): Namespace {
  const field: Field = { kind, comparators: comparators ?? (kind === "number" ? NUMBER_COMPARATORS : TEXT_COMPARATORS) };
  return { prefixes, field: () => field };
}

/** A namespace with a fixed list of keys. */
export function fixedKeys(
  prefixes: readonly string[],
  fields: Readonly<Record<string, Field>>,
  aliases: Readonly<Record<string, string>> = {},
): Namespace {
  return { prefixes, aliases, keys: Object.keys(fields), field: (key) => (Object.hasOwn(fields, key) ? fields[key] : undefined) };
}

export const TEXT_FIELD: Field = { kind: "text", comparators: TEXT_COMPARATORS };
export const LISTED_TEXT_FIELD: Field = { kind: "text", comparators: [...TEXT_COMPARATORS, "IN", "NOT IN"] };
export const NUMBER_FIELD: Field = { kind: "number", comparators: NUMBER_COMPARATORS };

/** Reads a filter. Throws INVALID_PARAMETER_VALUE naming the clause, the key or the comparator that is wrong. */
export function parseFilter<N extends string>(filter: string | undefined, grammar: Grammar<N>): Clause<N>[] {
  return splitFilter(filter ?? "").map((raw) => toClause(raw, grammar));
}

function toClause<N extends string>(raw: RawClause, grammar: Grammar<N>): Clause<N> {
  const { namespace, key, field } = resolveIdentifier(raw.identifier, grammar);
  const comparator = raw.comparator as Comparator;
  if (!field.comparators.includes(comparator)) {
    throw invalid(`Invalid comparator '${raw.comparator}' for ${raw.identifier}: it must be one of ${field.comparators.join(", ")}.`);
  }
  return { namespace, key, comparator, value: toValue(raw, field) };
}

function toValue({ identifier, comparator, value }: RawClause, field: Field): string | number | string[] {
  if (comparator === "IN" || comparator === "NOT IN") {
    if (value.kind !== "list") throw invalid(`${identifier} ${comparator} needs a list such as ('a', 'b').`);
    return value.items.map((item) => quotedText(item, identifier));
  }
  if (field.kind === "text") return quotedText(value, identifier);
  if (value.kind !== "number") throw invalid(`Expected a number for ${identifier}, without quotes. Got ${shown(value)}.`);
  return Number(value.text);
}

function quotedText(value: RawValue, identifier: string): string {
  if (value.kind === "text") return value.text;
  throw invalid(`Expected a quoted string value for ${identifier} (e.g. 'my-value'). Got ${shown(value)}.`);
}

function shown(value: RawValue): string {
  return value.kind === "list" ? "a list" : value.text;
}

/**
 * An identifier and perhaps a direction. Each character can be read in one way only, quoted or not: with two, a clause of forty quotes would
 * be tried in a million ways.
 */
const ORDER = /^\s*((?:`[^`]*`|"[^"]*"|[^\s`"]|`(?![^`]*`)|"(?![^"]*"))+|(?:\S+\.)?run name)(\s+(\w+))?\s*$/i;

/** Reads an order such as ["metrics.acc DESC", "start_time"]. Throws INVALID_PARAMETER_VALUE. */
export function parseOrder<N extends string>(orderBy: readonly string[] | undefined, grammar: Grammar<N>): OrderTerm<N>[] {
  return (orderBy ?? []).map((text) => {
    const [, identifier = "", , direction = "ASC"] = ORDER.exec(text) ?? [];
    if (identifier === "" || !/^(asc|desc)$/i.test(direction)) {
      throw invalid(`Invalid order_by clause '${text}'. Write an identifier, and ASC or DESC after it.`);
    }
    const { namespace, key } = resolveIdentifier(identifier, grammar);
    return { namespace, key, ascending: /^asc$/i.test(direction) };
  });
}

/** What an identifier such as params.`learning rate` names. Throws INVALID_PARAMETER_VALUE. */
export function resolveIdentifier<N extends string>(identifier: string, grammar: Grammar<N>): { namespace: N; key: string; field: Field } {
  const dot = /^[A-Za-z_]+\./.exec(identifier)?.[0].length ?? 0;
  const prefix = identifier.slice(0, Math.max(0, dot - 1)).toLowerCase();
  const namespaces = Object.entries<Namespace>(grammar) as [N, Namespace][];
  const found = namespaces.find(([, { prefixes }]) => prefixes.includes(prefix));
  if (!found) {
    const known = namespaces.flatMap(([, { prefixes }]) => prefixes.filter((name) => name !== ""));
    throw invalid(`Invalid entity type '${prefix || identifier}' in '${identifier}'. Valid entity types are ${known.join(", ")}.`);
  }
  const [namespace, { aliases = {}, keys, field }] = found;
  const written = unquote(identifier.slice(dot));
  const key = Object.hasOwn(aliases, written) ? (aliases[written] as string) : written;
  const known = field(key);
  if (!known || key === "") {
    throw invalid(`Invalid ${namespace} key '${written}' specified. Valid keys are '${(keys ?? []).join("', '")}'.`);
  }
  return { namespace, key, field: known };
}

function unquote(key: string): string {
  return /^(`[^`]*`|"[^"]*")$/.test(key) ? key.slice(1, -1) : key;
}
