import type { AnswerContext } from "./answer-writer.js";
import { readObject } from "./json-value.js";
import { giveBack, isCutShort } from "./read-marked.js";
import { Marks, Unreadable, type Parse } from "./source.js";

/** What the prompt ends with, and what every further message begins with. */
const BEGIN = ">>>";

/** Reads answers that are messages to recipients, as Functionary 3.2 writes them: `all` is the user, other names are tools. */
export function* readChevrons(context: AnswerContext): Parse {
  const { source, options, out } = context;
  const heads = ["all\n", ...(options.tools ?? []).map(({ name }) => `${name}\n`)];
  const begin = new Marks([BEGIN]);
  yield* source.takeOne([BEGIN]);
  for (let mark = ""; ; mark = BEGIN) {
    const head = yield* source.takeOne(heads);
    if (head === undefined && isCutShort(context)) return;
    if (head === undefined) out.text(mark);
    else if (head !== "all\n") yield* readCall(context, head, mark);
    if ((yield* source.upTo(begin, (text) => out.text(text))) === undefined) return;
  }
}

function* readCall(context: AnswerContext, head: string, mark: string): Parse {
  const { source, out } = context;
  const { begun } = out;
  source.keep();
  try {
    yield* source.space();
    if ((yield* source.peek()) !== "{") throw new Unreadable("no arguments");
    out.begin(head.trimEnd());
    yield* readObject(source, (json) => out.arguments(json));
    out.end();
    yield* source.space();
  } catch (error) {
    const isText = giveBack(context, error, { isMarked: true });
    if (isText && out.begun === begun) out.text(mark + head);
  }
}
