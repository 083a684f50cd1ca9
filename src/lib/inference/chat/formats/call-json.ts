import type { CallContext } from "./delta.js";
import { compactJson, readObject, readString, readValue } from "./json-value.js";
import { Unreadable, type Parse } from "./source.js";

/** Calls that are JSON objects with the name and the arguments as members, alone or in a list. */
export interface JsonCallStyle {
  kind: "json";
  /** What a list of calls begins with, or a single call; the first is the family's own. */
  open: readonly string[];
  /** What ends it; "" where nothing does. */
  close: string;
  /** The members a call is written with. */
  members: { name: string; arguments: string; id?: string; idFirst?: boolean };
  /** Several calls stand in one list (`[a, b]`), follow each other (`a\nb`), each between its own marks, or with a semicolon (`a; b`). */
  several: "list" | "lines" | "marks" | "semicolons";
  /** A call is an object whose only member is named like the tool: {"add": {"a": 1}}. */
  nameIsKey?: boolean;
  /** Text between the mark and the JSON, and between the JSON and the closing mark. */
  layout?: readonly [string, string];
}

const NAMES = ["name", "tool_name", "function"];
const ARGUMENTS = ["arguments", "parameters"];

/** Reads what follows the opening mark; where nothing marks calls, only names of tools are taken for one. Throws Unreadable. */
export function* readJsonCalls(context: CallContext, style: JsonCallStyle, opened: string): Parse {
  const { source, tools } = context;
  const isCall = (name: string) => opened !== "" || tools.some((tool) => tool.name === name);
  const read = style.nameIsKey === true ? readKeyedCall : (inner: CallContext) => readCall(inner, isCall);
  yield* source.space();
  if ((yield* source.takeOne(["["])) !== undefined) yield* readList(context, read);
  else yield* readSeveral(context, style, read);
  yield* source.space();
  if (style.close !== "") yield* source.takeOne([style.close]);
}

function* readList(context: CallContext, read: (context: CallContext) => Parse): Parse {
  const { source } = context;
  for (let isFirst = true; ; isFirst = false) {
    yield* source.space();
    if ((yield* source.takeOne(["]"])) !== undefined) return;
    if (!isFirst) yield* source.expect(",");
    yield* source.space();
    yield* read(context);
  }
}

/** Calls without brackets around them: one, or as many as follow each other in the family's way. */
function* readSeveral(context: CallContext, { several }: JsonCallStyle, read: (context: CallContext) => Parse): Parse {
  const { source } = context;
  const next = { lines: "{", semicolons: ";", list: undefined, marks: undefined }[several];
  yield* read(context);
  for (;;) {
    yield* source.space();
    if (next === undefined || (yield* source.peek()) !== next) return;
    if (next === ";") yield* source.expect(";");
    yield* source.space();
    yield* read(context);
  }
}

/** What is known of a call while its members are read. */
interface OpenCall {
  name?: string;
  /** Its arguments, where they came before its name. */
  waiting?: string;
  begun: boolean;
}

/** An object with a name and arguments, in whichever order. */
function* readCall({ source, calls }: CallContext, isCall: (name: string) => boolean): Parse {
  source.keep();
  const call: OpenCall = { begun: false };
  const begin = () => {
    const { name = "" } = call;
    if (!isCall(name)) throw new Unreadable(name);
    call.begun = true;
    calls.begin(name);
  };
  yield* readMembers({ source, calls, begin, isInner: false }, call);
  if (!call.begun) {
    if (call.name === undefined || call.waiting === undefined) throw new Unreadable("no call");
    begin();
    calls.arguments(call.waiting);
  }
  calls.end();
}

interface MembersContext extends Pick<CallContext, "source" | "calls"> {
  begin: () => void;
  /** The object is the member "function" of a call. */
  isInner: boolean;
}

function* readMembers(context: MembersContext, call: OpenCall): Parse {
  const { source, isInner } = context;
  yield* source.expect("{");
  for (let isFirst = true; ; isFirst = false) {
    yield* source.space();
    const next = yield* source.peek();
    if (next === "}") break;
    if (!isFirst) yield* source.expect(",");
    const key = yield* readKey(source);
    const first = yield* source.peek();
    if (call.name === undefined && NAMES.includes(key) && first === '"') call.name = yield* readText(source);
    else if (key === "function" && first === "{" && !isInner) yield* readMembers({ ...context, isInner: true }, call);
    else if (isArguments(key, call)) yield* readArguments(context, call);
    else yield* readValue(source, () => undefined);
  }
  source.take(1);
}

/** The first arguments of a call are those that count. */
function isArguments(key: string, { begun, waiting }: OpenCall): boolean {
  return ARGUMENTS.includes(key) && !begun && waiting === undefined;
}

function* readArguments({ source, calls, begin }: MembersContext, call: OpenCall): Parse {
  if ((yield* source.peek()) === '"') {
    // JSON in a string, as in OpenAI's own messages
    const json = compactJson(yield* readText(source));
    if (json?.startsWith("{") !== true) throw new Unreadable("no arguments");
    call.waiting = json;
  } else if (call.name === undefined) {
    let json = "";
    yield* readObject(source, (part) => (json += part));
    call.waiting = json;
  } else {
    if ((yield* source.peek()) !== "{") throw new Unreadable("no arguments");
    begin();
    yield* readObject(source, (part) => calls.arguments(part));
  }
}

/** {"name of the tool": {arguments}} */
function* readKeyedCall({ source, calls }: CallContext): Parse {
  source.keep();
  yield* source.expect("{");
  yield* source.space();
  const name = yield* readKey(source);
  if ((yield* source.peek()) !== "{") throw new Unreadable("no arguments");
  calls.begin(name);
  yield* readObject(source, (part) => calls.arguments(part));
  yield* source.space();
  yield* source.expect("}");
  calls.end();
}

/** A member's name, and the colon after it. */
function* readKey(source: CallContext["source"]): Parse<string> {
  yield* source.space();
  const key = yield* readText(source);
  yield* source.space();
  yield* source.expect(":");
  yield* source.space();
  return key;
}

function* readText(source: CallContext["source"]): Parse<string> {
  if ((yield* source.peek()) !== '"') throw new Unreadable("no string");
  let json = "";
  yield* readString(source, (part) => (json += part));
  return JSON.parse(json) as string;
}
