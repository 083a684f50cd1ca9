import type { CallContext } from "./delta.js";
import { escapeText, wholeCharacters } from "./json-value.js";
import { Marks, Unreadable, type Parse, type Source } from "./source.js";

/** Calls of Gemma: call:add{a:1,b:<|"|>x<|"|>}, with names as they are and strings between marks of their own. */
export interface GemmaCallStyle {
  kind: "gemma";
  open: string;
  close: string;
  /** What stands before and after a string. */
  quote: string;
}

const LONGEST_NAME = 256;
const DEEPEST = 128;
const SCALAR = /^(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)$/;

/** Reads what follows the opening mark. Throws Unreadable. */
export function* readGemmaCalls({ source, calls }: CallContext, { close, quote }: GemmaCallStyle): Parse {
  yield* source.space();
  yield* source.expect("call:");
  const { text } = yield* source.textUntil(new Marks(["{"]), LONGEST_NAME);
  const name = text.trim();
  if (!/^[\w.:/-]+$/.test(name)) throw new Unreadable(name);
  calls.begin(name);
  yield* readObject({ source, quote, out: (json) => calls.arguments(json), depth: 0 });
  calls.end();
  yield* source.space();
  yield* source.takeOne([close]);
}

interface ValueContext {
  source: Source;
  quote: string;
  out: (json: string) => void;
  depth: number;
}

/** The members of an object, after its bracket. */
function* readObject(context: ValueContext): Parse {
  const { source, quote, out } = context;
  out("{");
  for (let isFirst = true; ; isFirst = false) {
    yield* source.space();
    if ((yield* source.takeOne(["}"])) !== undefined) break;
    if (!isFirst) yield* source.expect(",");
    yield* source.space();
    const key = yield* readKey(source, quote);
    out(`${isFirst ? "" : ","}${JSON.stringify(key)}:`);
    yield* readValue(context);
  }
  out("}");
}

function* readKey(source: Source, quote: string): Parse<string> {
  const mark = yield* source.takeOne([quote, '"']);
  if (mark !== undefined) {
    const { text } = yield* source.textUntil(new Marks([mark]), LONGEST_NAME);
    yield* source.space();
    yield* source.expect(":");
    return text;
  }
  const { text } = yield* source.textUntil(new Marks([":"]), LONGEST_NAME);
  return text.trim();
}

function* readValue(context: ValueContext): Parse {
  const { source, quote, out } = context;
  if (context.depth > DEEPEST) throw new Unreadable("too deep");
  yield* source.space();
  const inner = { ...context, depth: context.depth + 1 };
  const opened = yield* source.takeOne(["{", "[", quote, '"']);
  if (opened === "{") return yield* readObject(inner);
  if (opened === "[") return yield* readList(inner);
  if (opened !== undefined) return yield* readString(context, opened);
  const scalar = yield* source.while(/[-+.\w]/);
  if (!SCALAR.test(scalar)) throw new Unreadable(scalar);
  out(scalar);
}

function* readList(context: ValueContext): Parse {
  const { source, out } = context;
  out("[");
  for (let isFirst = true; ; isFirst = false) {
    yield* source.space();
    if ((yield* source.takeOne(["]"])) !== undefined) break;
    if (!isFirst) {
      yield* source.expect(",");
      out(",");
    }
    yield* readValue(context);
  }
  out("]");
}

/** A string is what stands between its marks; there are no escapes. */
function* readString({ source, out }: ValueContext, quote: string): Parse {
  out('"');
  const show = wholeCharacters((text) => out(escapeText(text)));
  const mark = yield* source.upTo(new Marks([quote]), show, { isValue: true });
  if (mark === undefined) throw new Unreadable("an open string");
  out('"');
}
