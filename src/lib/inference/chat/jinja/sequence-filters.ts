import { look, makeItems, makeObjects } from "./budget.js";
import { compare, equals } from "./compare.js";
import { isSet, textOr, type Filter, type Given } from "./given.js";
import { itemPairs, itemsOrNone, listOf, valueAt } from "./members.js";
import { OPERATORS } from "./operators.js";
import { toText } from "./print.js";
import { joinedBy, reverse } from "./string-methods.js";
import { applyTest } from "./tests.js";
import { isText, isTrue, Lazy, lengthOf, TemplateError, textOf, Tuple, typeName, Undefined, type Value } from "./values.js";

/** A text with small letters only, and any other value as it is: how lists are sorted where case does not count. */
function withoutCase(value: Value): Value {
  return isText(value) ? lowerCase(textOf(value)) : value;
}

function lowerCase(text: string): string {
  look(text.length);
  return text.toLowerCase();
}

/** What items are compared by: a part of them, without case unless it counts. */
function keyOf(attribute: Value | undefined, caseSensitive: Value | undefined): (item: Value) => Value {
  const pick = (item: Value) => (attribute === undefined || attribute === null ? item : valueAt(item, attribute));
  return isSet(caseSensitive) ? pick : (item) => withoutCase(pick(item));
}

function sorted<T>(items: readonly T[], keyOfItem: (item: T) => Value, reversed: boolean): T[] {
  makeObjects(items.length);
  const keyed = items.map((item) => ({ item, key: keyOfItem(item) }));
  keyed.sort((a, b) => (reversed ? compare(b.key, a.key, "<") : compare(a.key, b.key, "<")));
  return keyed.map(({ item }) => item);
}

function sort(value: Value, given: Given): Value {
  const [reversed, caseSensitive, attribute] = given.take("reverse", "case_sensitive", "attribute");
  return sorted(listOf(value), keyOf(attribute, caseSensitive), isSet(reversed));
}

function dictSort(value: Value, given: Given): Value {
  const [caseSensitive, by, reversed] = given.take("case_sensitive", "by", "reverse");
  if (!(value instanceof Map)) throw new TemplateError(`'${typeName(value)}' object has no attribute 'items'`);
  const place = textOr(by, "key") === "value" ? 1 : 0;
  const key = (pair: Tuple) => pair.items[place] ?? null;
  return sorted(itemPairs(value), isSet(caseSensitive) ? key : (pair) => withoutCase(key(pair)), isSet(reversed));
}

function unique(value: Value, given: Given): Value {
  const [caseSensitive, attribute] = given.take("case_sensitive", "attribute");
  const key = keyOf(attribute, caseSensitive);
  const seen: Value[] = [];
  const first = listOf(value).filter((item) => {
    const found = key(item);
    if (seen.some((one) => equals(one, found))) return false;
    seen.push(found);
    return true;
  });
  return new Lazy(first);
}

function extreme(operator: "<" | ">"): Filter {
  return (value, given) => {
    const [caseSensitive, attribute] = given.take("case_sensitive", "attribute");
    const key = keyOf(attribute, caseSensitive);
    const [first, ...others] = listOf(value);
    if (first === undefined) return new Undefined("No aggregated item, sequence was empty.");
    const isBetter = (one: Value, than: Value) => isTrue(OPERATORS.get(operator)?.(key(one), key(than)) ?? false);
    return others.reduce((best, one) => (isBetter(one, best) ? one : best), first);
  };
}

function sum(value: Value, given: Given): Value {
  const [attribute, start = 0] = given.take("attribute", "start");
  const add = OPERATORS.get("+") as (a: Value, b: Value) => Value;
  const parts = listOf(value).map((item) => (attribute === undefined || attribute === null ? item : valueAt(item, attribute)));
  return parts.reduce(add, start);
}

function join(value: Value, given: Given): string {
  const [separator, attribute] = given.take("d", "attribute");
  const parts = listOf(value).map((item) => (attribute === undefined || attribute === null ? item : valueAt(item, attribute)));
  return joinedBy(textOr(separator, ""), parts.map(toText));
}

function first(value: Value): Value {
  const [found] = value instanceof Lazy ? value : listOf(value);
  return found === undefined ? new Undefined("No first item, sequence was empty.") : found;
}

function last(value: Value): Value {
  if (value instanceof Lazy) throw new TemplateError("'generator' object is not reversible");
  const found = listOf(value).at(-1);
  return found === undefined ? new Undefined("No last item, sequence was empty.") : found;
}

function reversed(value: Value): Value {
  return isText(value) ? reverse(textOf(value)) : new Lazy(listOf(value).reverse());
}

/** `select` and `reject`, by a test or by truth, of the items or of a part of each. */
function selecting(keeps: boolean, byPart: boolean): Filter {
  return (value, given) => {
    const { positional: all, named } = given.args;
    const part = byPart ? given.need(all[0], "attribute") : undefined;
    const [test, ...positional] = byPart ? all.slice(1) : all;
    const holds = (item: Value) => {
      const tested = part === undefined ? item : valueAt(item, part);
      return test === undefined ? isTrue(tested) : applyTest(toText(test), tested, { positional, named });
    };
    return new Lazy(itemsOrNone(value).filter((item) => holds(item) === keeps));
  };
}

function groupBy(value: Value, given: Given): Value {
  const [attribute, standard, caseSensitive] = given.take("attribute", "default", "case_sensitive");
  const path = given.need(attribute, "attribute");
  const part = (item: Value) => {
    const found = valueAt(item, path);
    return found instanceof Undefined && standard !== undefined ? standard : found;
  };
  const key = isSet(caseSensitive) ? part : (item: Value) => withoutCase(part(item));
  const groups: { name: Value; items: Value[] }[] = [];
  for (const item of sorted(listOf(value), key, false)) {
    const group = groups.at(-1);
    if (group && equals(withoutCase(group.name), withoutCase(part(item)))) group.items.push(item);
    else groups.push({ name: part(item), items: [item] });
  }
  makeObjects(2 * groups.length);
  return groups.map(({ name, items }) => new Tuple([name, items]));
}

function batch(value: Value, given: Given): Value {
  const [size, fill] = given.take("linecount", "fill_with");
  const count = Math.max(1, given.count(given.need(size, "linecount"), 1));
  const items = listOf(value);
  const rows = Array.from({ length: Math.ceil(items.length / count) }, (_, row) => items.slice(row * count, (row + 1) * count));
  makeItems(items.length + rows.length);
  const rest = rows.at(-1);
  if (!rest || fill === undefined || fill === null) return new Lazy(rows);
  makeItems(count);
  while (rest.length < count) rest.push(fill);
  return new Lazy(rows);
}

export const SEQUENCE_FILTERS: readonly (readonly [string, Filter])[] = [
  ["list", listOf],
  ["length", lengthOf],
  ["count", lengthOf],
  ["first", first],
  ["last", last],
  ["reverse", reversed],
  ["join", join],
  ["sort", sort],
  ["dictsort", dictSort],
  ["unique", unique],
  ["min", extreme("<")],
  ["max", extreme(">")],
  ["sum", sum],
  ["select", selecting(true, false)],
  ["reject", selecting(false, false)],
  ["selectattr", selecting(true, true)],
  ["rejectattr", selecting(false, true)],
  ["groupby", groupBy],
  ["batch", batch],
];
