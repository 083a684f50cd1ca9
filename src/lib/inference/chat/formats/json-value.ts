import { Source, Unreadable, type Parse } from "./source.js";

/** Takes JSON text as it is read. */
export type Out = (json: string) => void;

/** How values are written: as JSON, or as Python's literals, where the tools of some families are called as in a program. */
export type Dialect = "json" | "python";

/** Deeper values are no arguments. */
const DEEPEST = 128;
const QUOTES = { json: /^"$/, python: /^["']$/ };
const BRACKETS: Readonly<Record<string, { json: string; close: string; keyed: boolean }>> = {
  "{": { json: "{}", close: "}", keyed: true },
  "[": { json: "[]", close: "]", keyed: false },
  "(": { json: "[]", close: ")", keyed: false },
};
/** Python's words are taken in JSON too: models confuse them. */
const WORDS: ReadonlyMap<string, string> = new Map([
  ["true", "true"],
  ["false", "false"],
  ["null", "null"],
  ["True", "true"],
  ["False", "false"],
  ["None", "null"],
]);
const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
const ESCAPES: Readonly<Record<string, string>> = {
  '"': '\\"',
  "\\": "\\\\",
  "/": "/",
  "'": "'",
  b: "\\b",
  f: "\\f",
  n: "\\n",
  r: "\\r",
  t: "\\t",
};

/** Reads one value and gives its JSON without layout as it comes. Throws Unreadable; what was given then is the beginning of a valid text. */
export function* readValue(source: Source, out: Out, dialect: Dialect = "json", depth = 0): Parse {
  if (depth > DEEPEST) throw new Unreadable("too deep");
  yield* source.space();
  const first = yield* source.peek();
  const bracket = first === "(" && dialect === "json" ? undefined : BRACKETS[first];
  if (bracket) yield* readMembers(source, out, { ...bracket, dialect, depth });
  else if (QUOTES[dialect].test(first)) yield* readString(source, out);
  else yield* readScalar(source, out);
}

/** Reads an object and gives its JSON. Throws Unreadable for anything else. */
export function* readObject(source: Source, out: Out): Parse {
  yield* source.space();
  if ((yield* source.peek()) !== "{") throw new Unreadable("no object");
  yield* readValue(source, out);
}

interface Members {
  json: string;
  close: string;
  keyed: boolean;
  dialect: Dialect;
  depth: number;
}

function* readMembers(source: Source, out: Out, { json, close, keyed, dialect, depth }: Members): Parse {
  source.take(1);
  out(json.charAt(0));
  for (let isFirst = true; ; isFirst = false) {
    yield* source.space();
    const here = yield* source.peek();
    if (here === close && (isFirst || dialect === "python")) break;
    if (here === "" || (keyed && !QUOTES[dialect].test(here))) throw new Unreadable(here);
    if (!isFirst) out(",");
    if (keyed) yield* readKey(source, out);
    yield* readValue(source, out, dialect, depth + 1);
    yield* source.space();
    const next = yield* source.peek();
    if (next === close) break;
    if (next !== ",") throw new Unreadable(next);
    source.take(1);
  }
  source.take(1);
  out(json.charAt(1));
}

function* readKey(source: Source, out: Out): Parse {
  yield* readString(source, out);
  yield* source.space();
  yield* source.expect(":");
  out(":");
}

/** A string in the quotes it begins with. Characters that may not stand in a JSON string as they are get escaped. */
export function* readString(source: Source, out: Out): Parse {
  const quote = source.take(1);
  out('"');
  for (;;) {
    const next = yield* source.peek();
    if (next === "") throw new Unreadable("an open string");
    if (next === quote) break;
    if (next === "\\") yield* readEscape(source, out);
    else if (isHalf(source.rest) && (yield* source.more())) continue;
    else out(escapeText(takePlain(source, quote)));
  }
  source.take(1);
  out('"');
}

/** As much as is there without the closing quote, a backslash, or half a character at the end. */
function takePlain(source: Source, quote: string): string {
  const plain = (quote === '"' ? /^[^"\\]+/ : /^[^'\\]+/).exec(source.rest)?.[0] ?? "";
  return source.take(plain.length > 1 && isHalf(plain.slice(-1)) ? plain.length - 1 : plain.length);
}

/** Whether a text is the first half of a character outside the basic plane, of which the other half is still to come. */
function isHalf(text: string): boolean {
  return /^[\uD800-\uDBFF]$/.test(text);
}

function* readEscape(source: Source, out: Out): Parse {
  source.take(1);
  const letter = yield* source.peek();
  if (letter === "") throw new Unreadable("an open escape");
  source.take(1);
  const digits = letter === "u" ? 4 : letter === "x" ? 2 : 0;
  if (digits > 0) {
    let code = "";
    while (code.length < digits && /[\da-fA-F]/.test(yield* source.peek())) code += source.take(1);
    if (code.length < digits) throw new Unreadable(code);
    return out(`\\u${code.padStart(4, "0")}`);
  }
  // a backslash that begins no escape stands for itself, as in Python
  out(ESCAPES[letter] ?? `\\\\${escapeText(letter)}`);
}

/** A number or a word: given once it is whole. */
function* readScalar(source: Source, out: Out): Parse {
  const text = yield* source.while(/[-+.\w]/);
  const json = WORDS.get(text) ?? (NUMBER.test(text) ? text : undefined);
  if (json === undefined) throw new Unreadable(text);
  out(json);
}

/** A text as it stands between the quotes of a JSON string. */
export function escapeText(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

/** Gives texts on without a half of a character at their ends. */
export function wholeCharacters(show: (text: string) => void): (text: string) => void {
  let half = "";
  return (text) => {
    const all = half + text;
    half = isHalf(all.slice(-1)) ? all.slice(-1) : "";
    const whole = half === "" ? all : all.slice(0, -1);
    if (whole !== "") show(whole);
  };
}

/** The JSON of a whole text that is one value, without layout; undefined where it is none. */
export function compactJson(text: string, dialect: Dialect = "json"): string | undefined {
  const source = new Source();
  source.push(text);
  source.end();
  let json = "";
  try {
    finish(readValue(source, (part) => (json += part), dialect));
    finish(source.space());
  } catch (error) {
    if (error instanceof Unreadable) return undefined;
    throw error;
  }
  return source.rest === "" ? json : undefined;
}

function finish(steps: Parse): void {
  while (steps.next().done !== true);
}

/** What makes a valid text of the beginning of one, as `readValue` gave it. */
export function closeJson(begun: string): string {
  // strings tell nothing of what is open; one that is itself open stands at the end
  const isOpen = begun.replace(STRING, "").includes('"');
  const bare = begun.replace(STRING, "s").replace(/"[^]*$/, "");
  const closing: string[] = [];
  for (const [bracket] of bare.matchAll(/[{}[\]]/g)) {
    if (bracket === "{" || bracket === "[") closing.unshift(bracket === "{" ? "}" : "]");
    else closing.shift();
  }
  return closeToken(bare, { isOpen, isKeyed: closing[0] === "}" }) + closing.join("");
}

const STRING = /"(?:[^"\\]|\\.)*"/g;

function closeToken(bare: string, { isOpen, isKeyed }: { isOpen: boolean; isKeyed: boolean }): string {
  const last = bare.at(-1) ?? "";
  if (isOpen) return isKeyed && last !== ":" ? '":null' : '"';
  if (last === "" || last === ":" || last === ",") return "null";
  // a name that no value follows yet
  return isKeyed && last === "s" && /[{,]s$/.test(bare) ? ":null" : "";
}
