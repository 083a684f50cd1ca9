import { readSection } from "./call-section.js";
import type { CallContext } from "./delta.js";
import { readObject } from "./json-value.js";
import { Marks, Unreadable, type Parse, type Source } from "./source.js";

/** Calls that are a name and then the arguments as a JSON object, with marks around both. */
export interface NamedCallStyle {
  kind: "named";
  /** What stands around all calls; "" where nothing does. */
  section: readonly [open: string, close: string];
  /** What a call begins with. */
  open: string;
  /** What stands before the name. */
  prefix?: string;
  /** Between the name and the arguments; the first is the family's own. */
  beforeArguments: readonly string[];
  /** After the arguments; the first is the family's own. */
  close: readonly string[];
  /** Between calls. */
  between?: string;
  /** An id stands before the name and ends with this mark, or between name and arguments and begins with it, or is the name itself. */
  id?: { before: string } | { after: string } | "name";
}

const LONGEST_NAME = 256;
const NAME = /^[\w.:/-]+$/;

/** Reads what follows the opening mark of a section, or of a call. Throws Unreadable. */
export function readNamedCalls(context: CallContext, style: NamedCallStyle, opened: string): Parse {
  return readSection(context.source, style, opened, () => readCall(context, style));
}

function* readCall({ source, calls }: CallContext, style: NamedCallStyle): Parse {
  source.keep();
  yield* source.space();
  if (style.prefix !== undefined) yield* source.takeOne([style.prefix]);
  const { id, name } = yield* readHead(source, style);
  yield* source.space();
  if ((yield* source.peek()) !== "{") throw new Unreadable("no arguments");
  calls.begin(name, id);
  yield* readObject(source, (part) => calls.arguments(part));
  calls.end();
  for (const close of style.close) {
    if (close.trim() === "") continue;
    yield* source.space();
    if ((yield* source.takeOne([close.trimStart()])) !== undefined) return;
  }
}

/** The name of a call, and its id where one is written. */
function* readHead(source: Source, { beforeArguments, id }: NamedCallStyle): Parse<{ id: string | undefined; name: string }> {
  const ends = beforeArguments.map((text) => (text.trim() === "" ? text : text.trim()));
  if (id === "name") {
    const { text } = yield* source.textUntil(new Marks(ends), LONGEST_NAME);
    const written = text.trim();
    return { id: written, name: checked(written.replace(/^functions\./, "").replace(/:\d+$/, "")) };
  }
  if (id && "before" in id) {
    const { text: before } = yield* source.textUntil(new Marks([id.before]), LONGEST_NAME);
    const { text } = yield* source.textUntil(new Marks(ends), LONGEST_NAME);
    return { id: before.trim(), name: checked(text.trim()) };
  }
  const marks = id ? [...ends, id.after] : ends;
  const { text, mark } = yield* source.textUntil(new Marks(marks), LONGEST_NAME);
  if (mark !== id?.after) return { id: undefined, name: checked(text.trim()) };
  const { text: after } = yield* source.textUntil(new Marks(ends), LONGEST_NAME);
  return { id: after.trim(), name: checked(text.trim()) };
}

function checked(name: string): string {
  if (!NAME.test(name)) throw new Unreadable(name);
  return name;
}
