import type { CallContext } from "./delta.js";
import { readValue } from "./json-value.js";
import { Marks, Unreadable, type Parse } from "./source.js";

/** Calls as Python writes them: [add(a=1, b="x"), time()]. */
export interface PythonicCallStyle {
  kind: "pythonic";
  /** What stands before and after the list; the whole answer is the list where the first is "". */
  open: readonly string[];
  close: string;
}

const LONGEST_NAME = 256;

/** Reads what follows the opening mark. Throws Unreadable. */
export function* readPythonicCalls(context: CallContext, style: PythonicCallStyle): Parse {
  const { source } = context;
  yield* source.space();
  const isList = (yield* source.takeOne(["["])) !== undefined;
  for (;;) {
    yield* source.space();
    yield* readCall(context, style.open.includes(""));
    yield* source.space();
    if ((yield* source.takeOne([","])) === undefined) break;
  }
  if (isList) yield* source.takeOne(["]"]);
  yield* source.space();
  if (style.close !== "") yield* source.takeOne([style.close]);
}

/** Where nothing marks calls, only names of tools are taken for one. */
function* readCall({ source, calls, tools }: CallContext, knownOnly: boolean): Parse {
  source.keep();
  const { text } = yield* source.textUntil(new Marks(["("]), LONGEST_NAME);
  const name = text.trim();
  if (!/^[A-Za-z_][\w.-]*$/.test(name)) throw new Unreadable(name);
  if (knownOnly && !tools.some((tool) => tool.name === name)) throw new Unreadable(name);
  yield* source.space();
  if (!/^[)\w]$/.test(yield* source.peek())) throw new Unreadable(name);
  calls.begin(name);
  calls.arguments("{");
  for (let isFirst = true; ; isFirst = false) {
    yield* source.space();
    if ((yield* source.takeOne([")"])) !== undefined) break;
    if (!isFirst) yield* source.expect(",");
    yield* source.space();
    const key = yield* source.while(/[\w.-]/);
    yield* source.space();
    if (key === "") throw new Unreadable("no argument");
    yield* source.expect("=");
    calls.arguments(`${isFirst ? "" : ","}${JSON.stringify(key)}:`);
    yield* readValue(source, (json) => calls.arguments(json), "python");
  }
  calls.arguments("}");
  calls.end();
}
