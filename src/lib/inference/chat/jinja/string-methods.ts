import { formatFields } from "./format-text.js";
import type { Given } from "./given.js";
import { charactersOf, isText, iterate, TemplateError, textOf, Tuple, typeName, type Value } from "./values.js";

/** A method of Python's str. */
type Method = (text: string, given: Given) => Value;

/** What Python takes for white space. */
const SPACE = "\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000";
const ALL_SPACE = new RegExp(`^[${SPACE}]+$`, "u");
const WORD = new RegExp(`[^${SPACE}]+`, "gu");
const IS_SPACE = new RegExp(`[${SPACE}]`, "u");
const LINE_END = /\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]/gu;

/** A text without characters of a set at its ends; without white space where no set is given. */
export function strip(text: string, characters: string | undefined, ends: "both" | "left" | "right" = "both"): string {
  const set = characters === undefined ? undefined : new Set(characters);
  const isLeft = (character: string | undefined) => character !== undefined && (set ? !set.has(character) : !IS_SPACE.test(character));
  const all = charactersOf(text);
  const from = ends === "right" ? 0 : all.findIndex(isLeft);
  if (from === -1 || (ends === "right" && !all.some(isLeft))) return "";
  const to = ends === "left" ? all.length : all.findLastIndex(isLeft) + 1;
  return all.slice(from, to).join("");
}

function stripping(ends: "both" | "left" | "right"): Method {
  return (text, given) => {
    const [characters] = given.take("chars");
    return strip(text, characters === undefined || characters === null ? undefined : given.text(characters, "chars"), ends);
  };
}

/** The lines of a text without their ends. */
export function splitLines(text: string, keepEnds = false): string[] {
  const lines: string[] = [];
  let from = 0;
  for (const { index, 0: end } of text.matchAll(LINE_END)) {
    lines.push(text.slice(from, keepEnds ? index + end.length : index));
    from = index + end.length;
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
  const parts = text.split(by);
  return limit < 0 || parts.length <= limit + 1 ? parts : [...parts.slice(0, limit), parts.slice(limit).join(by)];
}

function splitWords(text: string, limit: number): string[] {
  const words: string[] = [];
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
  const parts = text.split(by);
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
  if (most < 0) return from === "" ? charactersOf(text).reduce((all, one) => all + one + to, to) : text.replaceAll(from, () => to);
  if (from === "") {
    const all = charactersOf(text);
    return all.map((one, i) => (i < most ? to : "") + one).join("") + (all.length < most ? to : "");
  }
  const parts = text.split(from);
  const kept = Math.min(most, parts.length - 1);
  return parts.slice(0, kept).reduce((all, part) => all + part + to, "") + parts.slice(kept).join(from);
}

function affix(holds: (text: string, part: string) => boolean): Method {
  return (text, given) => {
    const [part, start, end] = given.take("prefix", "start", "end");
    const affixes = part instanceof Tuple ? part.items : [given.need(part, "prefix")];
    const within = start === undefined ? text : charactersOf(text).slice(given.count(start, 0), given.count(end, undefined)).join("");
    return affixes.some((one) => holds(within, given.text(one, "prefix")));
  };
}

function position(from: "left" | "right", whenMissing: "error" | "none"): Method {
  return (text, given) => {
    const [part, start, end] = given.take("sub", "start", "end");
    const all = charactersOf(text);
    const [first, last] = [bound(given.count(start, 0), all.length), bound(given.count(end, all.length), all.length)];
    const within = all.slice(first, last).join("");
    const searched = given.text(part, "sub");
    const at = from === "left" ? within.indexOf(searched) : within.lastIndexOf(searched);
    if (at !== -1) return first + charactersOf(within.slice(0, at)).length;
    if (whenMissing === "none") return -1;
    throw new TemplateError("substring not found");
  };
}

function bound(index: number, length: number): number {
  return index < 0 ? Math.max(0, length + index) : Math.min(index, length);
}

function padding(pad: (text: string, missing: number, fill: string) => string): Method {
  return (text, given) => {
    const [width, fill] = given.take("width", "fillchar");
    return pad(
      text,
      Math.max(0, given.count(width, 0) - charactersOf(text).length),
      fill === undefined ? " " : given.text(fill, "fillchar"),
    );
  };
}

function count(text: string, given: Given): number {
  const part = given.text(given.take("sub")[0], "sub");
  return part === "" ? charactersOf(text).length + 1 : text.split(part).length - 1;
}

function join(text: string, given: Given): string {
  const [items] = given.take("iterable");
  const parts = Array.from(iterate(given.need(items, "iterable")), (item, i) => {
    if (isText(item)) return textOf(item);
    throw new TemplateError(`sequence item ${i}: expected str instance, ${typeName(item)} found`);
  });
  return parts.join(text);
}

/** The first letter large, all others small. */
export function capitalize(text: string): string {
  const [first = "", ...rest] = charactersOf(text);
  return first.toUpperCase() + rest.join("").toLowerCase();
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
  ["ljust", padding((text, missing, fill) => text + fill.repeat(missing))],
  ["rjust", padding((text, missing, fill) => fill.repeat(missing) + text)],
  ["center", padding((text, missing, fill) => fill.repeat(Math.floor(missing / 2)) + text + fill.repeat(Math.ceil(missing / 2)))],
  [
    "zfill",
    (text, given) =>
      text.replace(/^[-+]?/u, (sign) => sign + "0".repeat(Math.max(0, given.count(given.take("width")[0], 0) - text.length))),
  ],
  ["isdigit", is(/^\p{Nd}+$/u)],
  ["isdecimal", is(/^\p{Nd}+$/u)],
  ["isnumeric", is(/^\p{N}+$/u)],
  ["isalpha", is(/^\p{L}+$/u)],
  ["isalnum", is(/^[\p{L}\p{N}]+$/u)],
  ["isspace", is(ALL_SPACE)],
  ["isascii", (text) => Array.from(text).every((one) => (one.codePointAt(0) ?? 0) < 128)],
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
  return method && ((given) => method(text, given));
}
