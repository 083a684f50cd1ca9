import type { Tool } from "../../openai/completion.js";
import { readSection } from "./call-section.js";
import type { CallContext } from "./delta.js";
import { compactJson, escapeText, wholeCharacters } from "./json-value.js";
import { typesOf } from "./schema-types.js";
import { Marks, Unreadable, type Parse, type Source } from "./source.js";

/** Calls that are a name and then every argument between tags of its own. */
export interface TaggedCallStyle {
  kind: "tagged";
  /** What stands around a call, or around all calls where `sharesSection`; "" where nothing does. */
  section: readonly [open: string, close: string];
  sharesSection: boolean;
  /** What a call begins with, and what follows its name; "" where the section's mark is all. */
  open: string;
  /** After the name; the first is the family's own. */
  nameEnd: readonly string[];
  close: string;
  argument: {
    open: string;
    /** Between the name of an argument and its value. */
    nameEnd: string;
    /** After the value. */
    close: string;
    /** What the head of an argument says of its value: `string="true"`. */
    typed?: "dsml" | "kimi";
    /** The closing tag repeats the argument's name, which stands for `%`. */
    repeatsName?: boolean;
  };
  /** Text between the parts, for what a grammar writes: after the section's mark, the call's head, each argument, the call. */
  layout: { section: string; head: string; argument: string; call: string };
  /** A new line stands before and after each value, which is not part of it. */
  valueLines: boolean;
  /** Calls are counted between the name and its end, after this text: `" index="`. */
  counted?: string;
  /** Values may stand in CDATA sections. */
  cdata?: boolean;
}

const LONGEST_NAME = 256;
const CDATA = "<![CDATA[";
const NAME = /^[\w.:/-]+$/;

/** Reads what follows the opening mark of a section, or of a call. Throws Unreadable. */
export function readTaggedCalls(context: CallContext, style: TaggedCallStyle, opened: string): Parse {
  return readSection(context.source, style, opened, () => readCall(context, style));
}

function* readCall({ source, calls, tools }: CallContext, style: TaggedCallStyle): Parse {
  source.keep();
  // where nothing follows the name, the first argument or the end of the call ends it
  const ends = style.nameEnd.filter((end) => end !== "");
  const others = [style.argument.open, style.close, style.section[1]].filter((end) => end !== "");
  const marks = new Marks(style.open === "" ? [...ends, ...others] : ends);
  const { text, mark } = yield* source.textUntil(marks, LONGEST_NAME);
  const name = (text.split('"')[0] ?? "").trim();
  if (!NAME.test(name)) throw new Unreadable(name);
  let follows = ends.includes(mark) ? undefined : mark;
  if (follows === undefined) {
    yield* source.space();
    const next = yield* source.peekOne(others);
    if (next === undefined) throw new Unreadable(text);
  }
  calls.begin(name);
  calls.arguments("{");
  const tool = tools.find((one) => one.name === name);
  for (let isFirst = true; ; isFirst = false) {
    yield* source.space();
    follows ??= yield* source.takeOne(others);
    if (follows !== style.argument.open) break;
    follows = undefined;
    yield* readArgument({ source, calls, tool, isFirst }, style);
  }
  if (follows === undefined) throw new Unreadable("an open call");
  calls.arguments("}");
  calls.end();
}

interface ArgumentContext {
  source: Source;
  calls: CallContext["calls"];
  tool: Tool | undefined;
  isFirst: boolean;
}

function* readArgument({ source, calls, tool, isFirst }: ArgumentContext, style: TaggedCallStyle): Parse {
  const { argument } = style;
  const head = yield* readArgumentHead(source, argument);
  const end = argument.repeatsName === true ? argument.close.replace("%", () => head.name) : argument.close;
  const types = head.isString === undefined ? typesOf(tool?.parameters, head.name) : undefined;
  const isString = head.isString ?? (types?.size === 1 && types.has("string"));
  calls.arguments(`${isFirst ? "" : ","}${JSON.stringify(head.name)}:`);
  const value = readValueText({ source, end }, style);
  if (isString) {
    calls.arguments('"');
    yield* value((text) => calls.arguments(escapeText(text)));
    return calls.arguments('"');
  }
  let text = "";
  yield* value((part) => (text += part));
  calls.arguments(typedJson(text, types));
}

function* readArgumentHead(
  source: Source,
  { nameEnd, typed }: TaggedCallStyle["argument"],
): Parse<{ name: string; isString: boolean | undefined }> {
  // two tags may stand between name and value, with layout between them
  const [end = "", ...more] = nameEnd.split(/\n|(?<=>)(?=<)/);
  const { text } = yield* source.textUntil(new Marks([end]), LONGEST_NAME);
  for (const tag of more) {
    yield* source.space();
    yield* source.expect(tag);
  }
  if (typed === undefined) return { name: text.trim(), isString: undefined };
  const [, name = "", said = ""] = /^([^"]*)"(?:\s+(?:string|type)="([^"]*)"?)?/.exec(text) ?? [];
  if (name === "") throw new Unreadable(text);
  return { name, isString: said === "" ? undefined : said === "true" || said === "string" };
}

/** Gives the text of a value as it comes, up to its end, which is taken. */
function readValueText({ source, end }: { source: Source; end: string }, { valueLines, cdata }: TaggedCallStyle) {
  return function* (show: (text: string) => void): Parse {
    if (valueLines && (yield* source.peek()) === "\n") source.take(1);
    if (cdata === true && (yield* source.takeOne([CDATA])) !== undefined) {
      yield* until(source, "]]>", show);
      yield* source.expect(end);
      return;
    }
    if (cdata === true && source.isOver && CDATA.startsWith(source.rest)) throw new Unreadable("an open value");
    const held = valueLines ? new LastLine(show) : undefined;
    yield* until(source, end, held ? (text) => held.push(text) : wholeCharacters(show));
  };
}

function* until(source: Source, end: string, show: (text: string) => void): Parse {
  if ((yield* source.upTo(new Marks([end]), show, { isValue: true })) === undefined) throw new Unreadable("an open value");
}

/** Holds back a new line at the end of what came so far: the last one of all is layout. */
class LastLine {
  private held = "";
  private readonly show: (text: string) => void;

  constructor(show: (text: string) => void) {
    this.show = wholeCharacters(show);
  }

  push(text: string): void {
    const all = this.held + text;
    this.held = all.endsWith("\n") ? "\n" : "";
    const shown = this.held === "" ? all : all.slice(0, -1);
    if (shown !== "") this.show(shown);
  }
}

/** The JSON a value without quotes stands for: what its schema allows; a text where it is no JSON. */
function typedJson(text: string, types: ReadonlySet<string> | undefined): string {
  const json = compactJson(text);
  if (json === undefined) return JSON.stringify(text);
  const isAllowed = types === undefined || types.has(typeOfJson(json)) || (types.has("integer") && typeOfJson(json) === "number");
  return isAllowed || !types.has("string") ? json : JSON.stringify(text);
}

function typeOfJson(json: string): string {
  switch (json.charAt(0)) {
    case "{":
      return "object";
    case "[":
      return "array";
    case '"':
      return "string";
    case "n":
      return "null";
    case "t":
    case "f":
      return "boolean";
    default:
      return "number";
  }
}
