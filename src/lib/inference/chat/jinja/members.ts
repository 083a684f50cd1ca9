import { look, make, makeItems, makeObjects, spend } from "./budget.js";
import { equals } from "./compare.js";
import { Given } from "./given.js";
import { Loop } from "./loop.js";
import { stringMethod } from "./string-methods.js";
import {
  Callable,
  charactersOf,
  dictionary,
  firstOf,
  isText,
  isTrue,
  isWide,
  iterate,
  itemsOf,
  numberOf,
  TemplateError,
  textOf,
  toKey,
  Tuple,
  typeName,
  Undefined,
  View,
  type Arguments,
  type Dict,
  type Value,
} from "./values.js";

/** Methods that would change a value, which the reference renderer keeps templates from. */
const UNSAFE: Readonly<Record<string, readonly string[]>> = {
  dict: ["clear", "pop", "popitem", "setdefault", "update"],
  list: ["clear", "extend", "insert", "remove", "reverse", "sort"],
};

/** `value.name`: a method or another attribute before an item of that name. Throws TemplateError on an undefined value. */
export function attributeOf(value: Value, name: string): Value {
  if (value instanceof Undefined) throw new TemplateError(value.what);
  return orMissing(firstOf(attribute(value, name), lookUp(value, name)), value, name);
}

/** An attribute of that name, which no item stands in for. Throws TemplateError on an undefined value. */
export function ownAttributeOf(value: Value, name: string): Value {
  if (value instanceof Undefined) throw new TemplateError(value.what);
  return orMissing(attribute(value, name), value, name);
}

/** `value[key]`: an item before an attribute of that name. Throws TemplateError on an undefined value. */
export function itemOf(value: Value, key: Value): Value {
  if (value instanceof Undefined) throw new TemplateError(value.what);
  const found = lookUp(value, key);
  if (found !== undefined) return found;
  return orMissing(isText(key) ? attribute(value, textOf(key)) : undefined, value, key);
}

function orMissing(found: Value | undefined, value: Value, key: Value): Value {
  if (found !== undefined) return found;
  const name = isText(key) ? `attribute '${textOf(key)}'` : `element ${String(numberOf(key) ?? typeName(key))}`;
  return new Undefined(value === null ? `'None' has no ${name}` : `'${typeName(value)} object' has no ${name}`);
}

function lookUp(value: Value, key: Value): Value | undefined {
  if (value instanceof Map) return Array.isArray(key) || key instanceof Map || key instanceof Undefined ? undefined : value.get(toKey(key));
  const index = typeof key === "boolean" ? Number(key) : key;
  if (typeof index !== "number") return undefined;
  return isText(value) ? characterAt(textOf(value), index) : itemsOf(value)?.at(index);
}

function characterAt(text: string, index: number): string | undefined {
  return isWide(text) ? charactersOf(text).at(index) : text.at(index);
}

function attribute(value: Value, name: string): Value | undefined {
  if (UNSAFE[typeName(value)]?.includes(name) === true) {
    return new Undefined(`access to attribute '${name}' of '${typeName(value)}' object is unsafe.`);
  }
  if (typeof value === "object" && value !== null && "member" in value) return value.member(name);
  const method = methodOf(value, name);
  return method && new Callable(name, (args) => method(new Given(name, args)));
}

function methodOf(value: Value, name: string): ((given: Given) => Value) | undefined {
  if (isText(value)) return stringMethod(textOf(value), name);
  if (value instanceof Map) return dictMethod(value, name);
  const items = itemsOf(value);
  return items && (sequenceMethod(items, name) ?? (Array.isArray(value) ? listMethod(value, name) : undefined));
}

function dictMethod(dict: Dict, name: string): ((given: Given) => Value) | undefined {
  switch (name) {
    case "get":
      return (given) => {
        const [key, standard = null] = given.take("key", "default");
        return firstOf(dict.get(toKey(given.need(key, "key"))), standard) as Value;
      };
    case "items":
      return () => new View("items", itemPairs(dict));
    case "keys":
      return () => new View("keys", listed(dict.keys(), dict.size));
    case "values":
      return () => new View("values", listed(dict.values(), dict.size));
    case "copy":
      return () => dictionary(dict);
    default:
      return undefined;
  }
}

function listed(items: Iterable<Value>, count: number): Value[] {
  makeItems(count);
  return [...items];
}

/** The entries of a dictionary, each with its key. */
export function itemPairs(dict: Dict): Tuple[] {
  makeObjects(dict.size);
  return Array.from(dict, (pair) => new Tuple(pair));
}

function sequenceMethod(items: readonly Value[], name: string): ((given: Given) => Value) | undefined {
  const searched = (given: Given) => given.need(given.take("value")[0], "value");
  switch (name) {
    case "count":
      return (given) => items.filter((item) => equals(item, searched(given))).length;
    case "index":
      return (given) => {
        const at = items.findIndex((item) => equals(item, searched(given)));
        if (at === -1) throw new TemplateError("the value is not in the list");
        return at;
      };
    case "copy":
      return () => listed(items, items.length);
    default:
      return undefined;
  }
}

/** With the room that a growing list keeps free, and what may be new in it. */
const BYTES_PER_ITEM = 64;

/** What changes a list. The reference renderer refuses it; Kimi K2 keeps the ids of calls so, and a value is this rendering's own. */
function listMethod(items: Value[], name: string): ((given: Given) => Value) | undefined {
  switch (name) {
    case "append":
      return (given) => {
        make(BYTES_PER_ITEM);
        items.push(given.need(given.take("object")[0], "object"));
        return null;
      };
    case "pop":
      return (given) => {
        const [at = -1] = given.take("index");
        const index = numberOf(at);
        look(items.length);
        const [item] = index === undefined ? [] : items.splice(index, 1);
        if (item === undefined) throw new TemplateError(items.length === 0 ? "pop from empty list" : "pop index out of range");
        return item;
      };
    default:
      return undefined;
  }
}

/** `value[start:stop:step]`. Throws TemplateError where the value has no order. */
export function sliceOf(value: Value, bounds: readonly [start: Value, stop: Value, step: Value]): Value {
  if (value instanceof Undefined) throw new TemplateError(value.what);
  const [start, stop, step] = bounds;
  const places: Bounds = [toBound(start), toBound(stop), toBound(step)];
  if (isText(value)) return sliceOfText(textOf(value), places);
  const whole = itemsOf(value);
  if (!whole) throw new TemplateError(`'${typeName(value)}' object is not subscriptable`);
  const items = pick(whole, places);
  return Array.isArray(value) ? items : new Tuple(items);
}

type Bounds = readonly [start: number | undefined, stop: number | undefined, step: number | undefined];

function sliceOfText(text: string, bounds: Bounds): string {
  const [start = 0, stop = text.length, step = 1] = bounds;
  if (step === 1 && !isWide(text)) return text.slice(start, stop);
  return (pick(charactersOf(text), bounds) as string[]).join("");
}

function toBound(bound: Value): number | undefined {
  if (bound === null) return undefined;
  const number = numberOf(bound);
  if (number === undefined || !Number.isInteger(number)) throw new TemplateError("slice indices must be integers or None");
  return number;
}

function pick(items: readonly Value[], [start, stop, step = 1]: Bounds): Value[] {
  if (step === 0) throw new TemplateError("slice step cannot be zero");
  const { length } = items;
  const [lowest, highest] = step > 0 ? [0, length] : [-1, length - 1];
  const clamp = (bound: number) => Math.min(highest, Math.max(lowest, bound < 0 ? bound + length : bound));
  const from = start === undefined ? (step > 0 ? 0 : length - 1) : clamp(start);
  const to = stop === undefined ? (step > 0 ? length : -1) : clamp(stop);
  const picked: Value[] = [];
  makeItems(Math.max(0, Math.ceil((to - from) / step)));
  for (let at = from; step > 0 ? at < to : at > to; at += step) picked.push(items[at] as Value);
  return picked;
}

function loopItems(given: Given): Value {
  return given.need(given.take("iterable")[0], "iterable");
}

/** What a call gives. Throws TemplateError where the value is no function. */
export function callValue(value: Value, args: Arguments): Value {
  spend(1);
  if (value instanceof Callable) return value.call(args);
  if (value instanceof Loop && value.again) return value.again(loopItems(new Given("loop", args)));
  if (value instanceof Undefined) throw new TemplateError(value.what);
  throw new TemplateError(`'${typeName(value)}' object is not callable`);
}

/** The value at a path of names and numbers, such as "function.name", as filters take one. */
export function valueAt(value: Value, path: Value): Value {
  if (!isText(path)) return itemOf(value, path);
  const parts = textOf(path).split(".");
  spend(parts.length);
  look(textOf(path).length);
  return parts.reduce<Value>((inner, part) => itemOf(inner, /^\d+$/.test(part) ? Number(part) : part), value);
}

/** The items of anything that can be looped over. */
export function listOf(value: Value): Value[] {
  const items = Array.from(iterate(value));
  makeItems(items.length);
  return items;
}

/** The same, and nothing of what is false, which `map`, `select` and their like take for an empty list. */
export function itemsOrNone(value: Value): Value[] {
  return isTrue(value) ? listOf(value) : [];
}
