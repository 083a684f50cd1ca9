import { look, make, makeItems, repeated, spend } from "./budget.js";
import { formatFields } from "./format-text.js";
import type { Given } from "./given.js";
import { SPACE, strip, type Ends } from "./strip.js";
import { characterCount, charactersOf, isText, isWide, iterate, TemplateError, textOf, Tuple, typeName, type Value } from "./values.js";

/** A method of Python's str. */
type Method = (text: string, given: Given) => Value;

const ALL_SPACE = new RegExp(`^[${SPACE}]+$`, "u");
const WORD = new RegExp(`[^${SPACE}]+`, "gu");
const NOT_ASCII = /[\u0080-\uffff]/;
const LINE_END = /\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]/gu;

function stripping(ends: Ends): Method {
  return (text, given) => {
    const [characters] = given.take("chars");
    return strip(text, characters === undefined || characters === null ? undefined : given.text(characters, "chars"), ends);
  };
}

/** The lines of a text without their ends. */
export function splitLines(text: string, keepEnds = false): string[] {
  const lines: string[] = [];
  look(text.length);
  let from = 0;
  for (const { index, 0: end } of text.matchAll(LINE_END)) {
    lines.push(text.slice(from, keepEnds ? index + end.length : index));
    from = index + end.length;
    makeItems(1);
    spend(1);
  }
  if (from < text.length) lines.push(text.slice(from));
  return lines;
}

function split(text: string, given: Given): Value {
  const [separator, most] = given.take("sep", "maxsplit");
  const limit = given.count(most, -1);
  if (separator === undefined || separator === null) return splitWords(text, limit);
  const by = given.text(separator, "sep");
  if (by === "") throw new TemplateError("empty separator");
  const parts = partsOf(text, by);
  return limit < 0 || parts.length <= limit + 1 ? parts : [...parts.slice(0, limit), parts.slice(limit).join(by)];
}

/** The parts between the places of a text. */
function partsOf(text: string, by: string): string[] {
  look(text.length);
  const parts = text.split(by);
  makeItems(parts.length * 4);
  return parts;
}

function splitWords(text: string, limit: number): string[] {
  const words: string[] = [];
  spend(text.length);
  makeItems(text.length);
  for (const { index, 0: word } of text.matchAll(WORD)) {
    if (words.length === limit) return [...words, strip(text.slice(index), undefined, "right")];
    words.push(word);
  }
  return words;
}

function splitFromRight(text: string, given: Given): Value {
  const [separator, most] = given.take("sep", "maxsplit");
  const limit = given.count(most, -1);
  if (separator === undefined || separator === null) {
    const reversed = splitWords(reverse(text), limit);
    return reversed.map(reverse).reverse();
  }
  const by = given.text(separator, "sep");
  if (by === "") throw new TemplateError("empty separator");
  const parts = partsOf(text, by);
  const first = parts.length - limit;
  return limit < 0 || first <= 1 ? parts : [parts.slice(0, first).join(by), ...parts.slice(first)];
}

export function reverse(text: string): string {
  return [...charactersOf(text)].reverse().join("");
}

function partition(from: "left" | "right"): Method {
  return (text, given) => {
    const by = given.text(given.take("sep")[0], "sep");
    const at = from === "left" ? text.indexOf(by) : text.lastIndexOf(by);
    if (at === -1) return new Tuple(from === "left" ? [text, "", ""] : ["", "", text]);
    return new Tuple([text.slice(0, at), by, text.slice(at + by.length)]);
  };
}

/** Text with up to `most` places replaced, all below 0. */
export function replace(text: string, from: string, to: string, most: number): string {
  if (from === "") return between(charactersOf(text), to, most);
  const places = countOf(text, from);
  const kept = most < 0 ? places : Math.min(most, places);
  make(text.length + kept * to.length);
  if (kept === places) return text.replaceAll(from, () => to);
  const parts = partsOf(text, from);
  return [...parts.slice(0, kept), parts.slice(kept).join(from)].join(to);
}

/** Puts a text before up to `most` characters and at the end, or all where that is below 0. */
function between(characters: readonly string[], to: string, most: number): string {
  const count = most < 0 ? characters.length + 1 : Math.min(most, characters.length + 1);
  make(characters.length + count * to.length);
  const begun = characters.map((one, i) => (i < count ? to : "") + one).join("");
  return count > characters.length ? begun + to : begun;
}

/** How often a text that is not empty stands in another one. */
function countOf(text: string, part: string): number {
  look(text.length);
  let count = 0;
  for (let at = text.indexOf(part); at !== -1; at = text.indexOf(part, at + part.length)) count++;
  spend(count);
  return count;
}

function affix(holds: (text: string, part: string) => boolean): Method {
  return (text, given) => {
    const [part, start, end] = given.take("prefix", "start", "end");
    const affixes = part instanceof Tuple ? part.items : [given.need(part, "prefix")];
    const within = start === undefined ? text : charactersOf(text).slice(given.count(start, 0), given.count(end, undefined)).join("");
    spend(affixes.length);
    return affixes.some((one) => holds(within, given.text(one, "prefix")));
  };
}

function position(from: "left" | "right", whenMissing: "error" | "none"): Method {
  return (text, given) => {
    const [part, start, end] = given.take("sub", "start", "end");
    if (start === undefined && end === undefined && !isWide(text)) return positionIn(text, given.text(part, "sub"), from, whenMissing);
    const all = charactersOf(text);
    const [first, last] = [bound(given.count(start, 0), all.length), bound(given.count(end, all.length), all.length)];
    const within = all.slice(first, last).join("");
    const at = positionIn(within, given.text(part, "sub"), from, whenMissing);
    return at === -1 ? -1 : first + characterCount(within.slice(0, at));
  };
}

function positionIn(text: string, part: string, from: "left" | "right", whenMissing: "error" | "none"): number {
  look(text.length);
  const at = from === "left" ? text.indexOf(part) : text.lastIndexOf(part);
  if (at === -1 && whenMissing === "error") throw new TemplateError("substring not found");
  return at;
}

function bound(index: number, length: number): number {
  return index < 0 ? Math.max(0, length + index) : Math.min(index, length);
}

function padding(pad: (text: string, missing: number, fill: string) => string): Method {
  return (text, given) => {
    const [width, fill] = given.take("width", "fillchar");
    return pad(text, Math.max(0, given.count(width, 0) - characterCount(text)), fill === undefined ? " " : given.text(fill, "fillchar"));
  };
}

function count(text: string, given: Given): number {
  const part = given.text(given.take("sub")[0], "sub");
  return part === "" ? characterCount(text) + 1 : countOf(text, part);
}

function join(text: string, given: Given): string {
  const [items] = given.take("iterable");
  const parts = Array.from(iterate(given.need(items, "iterable")), (item, i) => {
    if (isText(item)) return textOf(item);
    throw new TemplateError(`sequence item ${i}: expected str instance, ${typeName(item)} found`);
  });
  return joinedBy(text, parts);
}

/** Texts as one, with another one between them. */
export function joinedBy(separator: string, parts: readonly string[]): string {
  make(parts.reduce((sum, part) => sum + part.length + separator.length, 0));
  spend(parts.length);
  return parts.join(separator);
}

/** The first letter large, all others small. */
export function capitalize(text: string): string {
  const first = text.codePointAt(0);
  if (first === undefined) return text;
  const head = String.fromCodePoint(first);
  return head.toUpperCase() + text.slice(head.length).toLowerCase();
}

function title(text: string): string {
  return text.replace(/\p{L}+/gu, capitalize);
}

function is(pattern: RegExp): Method {
  return (text) => pattern.test(text);
}

function cased(same: (text: string) => string, other: (text: string) => string): Method {
  return (text) => text === same(text) && text !== other(text);
}

const upper = (text: string) => text.toUpperCase();
const lower = (text: string) => text.toLowerCase();

export const STRING_METHODS: ReadonlyMap<string, Method> = new Map<string, Method>([
  ["strip", stripping("both")],
  ["lstrip", stripping("left")],
  ["rstrip", stripping("right")],
  ["split", split],
  ["rsplit", splitFromRight],
  ["splitlines", (text, given) => splitLines(text, given.take("keepends")[0] === true)],
  ["partition", partition("left")],
  ["rpartition", partition("right")],
  ["join", join],
  ["upper", upper],
  ["lower", lower],
  ["casefold", lower],
  ["title", title],
  ["capitalize", capitalize],
  ["swapcase", (text) => text.replace(/\p{L}/gu, (one) => (one === upper(one) ? lower(one) : upper(one)))],
  ["startswith", affix((text, part) => text.startsWith(part))],
  ["endswith", affix((text, part) => text.endsWith(part))],
  ["find", position("left", "none")],
  ["rfind", position("right", "none")],
  ["index", position("left", "error")],
  ["rindex", position("right", "error")],
  ["count", count],
  [
    "replace",
    (text, given) => {
      const [from, to, most] = given.take("old", "new", "count");
      return replace(text, given.text(from, "old"), given.text(to, "new"), given.count(most, -1));
    },
  ],
  ["removeprefix", (text, given) => withoutAffix(text, given.text(given.take("prefix")[0], "prefix"), "left")],
  ["removesuffix", (text, given) => withoutAffix(text, given.text(given.take("suffix")[0], "suffix"), "right")],
  ["format", (text, given) => formatFields(text, given.args)],
  ["ljust", padding((text, missing, fill) => text + repeated(fill, missing))],
  ["rjust", padding((text, missing, fill) => repeated(fill, missing) + text)],
  ["center", padding((text, missing, fill) => repeated(fill, Math.floor(missing / 2)) + text + repeated(fill, Math.ceil(missing / 2)))],
  ["zfill", (text, given) => text.replace(/^[-+]?/u, (sign) => sign + repeated("0", given.count(given.take("width")[0], 0) - text.length))],
  ["isdigit", is(/^\p{Nd}+$/u)],
  ["isdecimal", is(/^\p{Nd}+$/u)],
  ["isnumeric", is(/^\p{N}+$/u)],
  ["isalpha", is(/^\p{L}+$/u)],
  ["isalnum", is(/^[\p{L}\p{N}]+$/u)],
  ["isspace", is(ALL_SPACE)],
  ["isascii", (text) => !NOT_ASCII.test(text)],
  ["isupper", cased(upper, lower)],
  ["islower", cased(lower, upper)],
]);

function withoutAffix(text: string, part: string, end: "left" | "right"): string {
  if (part === "") return text;
  if (end === "left") return text.startsWith(part) ? text.slice(part.length) : text;
  return text.endsWith(part) ? text.slice(0, -part.length) : text;
}

/** A method's result for a text, by Python's names. Undefined where str has no such method. */
export function stringMethod(text: string, name: string): ((given: Given) => Value) | undefined {
  const method = STRING_METHODS.get(name);
  return method && ((given) => counted(text, method(text, given)));
}

/** What a method makes of a text is counted, and that it has looked at all of it. */
function counted(text: string, result: Value): Value {
  look(text.length);
  if (typeof result === "string" && result !== text) make(result.length);
  return result;
}
