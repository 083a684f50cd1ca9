import type { AnswerContext } from "./answer-writer.js";
import { callMarks, isBare, readCalls } from "./format.js";
import { Marks, Unreadable, type Parse } from "./source.js";

/** Marks that cannot be meant as text: they count wherever they stand. */
const UNMISTAKABLE = /^(?:<\|.*>|<.*\|>|\[[A-Z ]+\])$/s;

/** Reads answers that are text with thoughts and calls between marks. */
export function* readMarked(context: AnswerContext): Parse {
  const { source, format, options, out } = context;
  const calls = options.tools && format.calls;
  const opens = calls ? callMarks(calls) : [];
  const dropped = new Set([...format.wrappers, ...(options.controls ?? [])]);
  const marks = new Marks([...opens, ...format.thoughts.flatMap(({ open, close }) => [open, close]), ...dropped]);
  yield* readBegunThought(context, opens);
  for (;;) {
    if (calls && isBare(calls) && out.isAtStart && out.begun === 0) yield* readBare(context);
    const mark = yield* source.upTo(marks, (text) => out.text(text));
    if (mark === undefined) return;
    if (opens.includes(mark)) yield* tryCalls(context, mark, () => out.text(mark));
    else yield* readMark(context, mark, { opens, dropped });
  }
}

/** The rest of a thought that the prompt began. */
function* readBegunThought(context: AnswerContext, opens: readonly string[]): Parse {
  const [first] = context.format.thoughts;
  if (context.options.inThought === true && first) yield* readThought(context, { ...first, opens });
}

/** What a mark that begins no call means at its place. */
function* readMark(
  context: AnswerContext,
  mark: string,
  { opens, dropped }: { opens: readonly string[]; dropped: ReadonlySet<string> },
): Parse {
  const { format, out } = context;
  const begun = format.thoughts.find(({ open }) => open === mark);
  if (begun && (out.isAtStart || UNMISTAKABLE.test(mark))) yield* readThought(context, { ...begun, opens });
  else if (out.isAtStart && format.thoughts.some(({ close }) => close === mark)) out.endThought(mark);
  else if (!dropped.has(mark)) out.text(mark);
}

interface Thought {
  open: string;
  close: string;
  /** The marks of calls. */
  opens: readonly string[];
}

/** A thought up to its closing mark, or to a call in formats where that ends it. */
function* readThought(context: AnswerContext, { open, close, opens }: Thought): Parse {
  const { source, format, options, out } = context;
  out.beginThought(open);
  if (options.keepsThoughts !== true) {
    yield* source.space();
    // a model may write the mark that its prompt ended with once more
    if (options.inThought === true) yield* source.takeOne([open]);
  }
  const marks = new Marks([close, ...(format.callEndsThought ? opens : [])]);
  for (;;) {
    const mark = yield* source.upTo(marks, (text) => out.think(text));
    if (mark === undefined) return;
    if (mark === close) return out.endThought(mark);
    const { begun } = out;
    yield* tryCalls(context, mark, () => out.think(mark));
    if (out.begun > begun) return;
  }
}

/** A call without a mark, which an answer begins with. */
function* readBare(context: AnswerContext): Parse {
  const { source } = context;
  source.keep();
  yield* source.space();
  const first = yield* source.peek();
  const isCall = context.format.calls?.kind === "pythonic" ? first === "[" : first === "{";
  source.back();
  if (isCall) yield* tryCalls(context, "", () => undefined);
}

/** Reads calls after their mark; what cannot be read goes back, and the mark to whoever can show it. */
export function* tryCalls(context: AnswerContext, mark: string, showMark: () => void): Parse {
  const { source, format, options, out } = context;
  if (!format.calls) return showMark();
  const { begun } = out;
  source.keep();
  out.openedBy = mark;
  out.tried++;
  try {
    yield* readCalls({ source, calls: out, tools: options.tools ?? [] }, format.calls, mark);
    source.release();
    // of the mark that was to end them only the beginning came
    if (isCutShort(context)) source.take(source.rest.length);
  } catch (error) {
    out.openedBy = undefined;
    const isText = giveBack(context, error, { isMarked: mark !== "" || out.begun > begun });
    if (isText && out.begun === begun) showMark();
  }
}

/** After a call that cannot be read: whether what was written of it is text. Throws what is no Unreadable. */
export function giveBack({ source, out }: AnswerContext, error: unknown, { isMarked }: { isMarked: boolean }): boolean {
  if (!(error instanceof Unreadable)) throw error;
  // the beginning of a call that the limit of tokens cut off says nothing
  if (isMarked && isCutShort({ source, out }) && !out.isOpen) {
    source.take(source.rest.length);
    return false;
  }
  source.back();
  // a call that is cut off stays open: how the answer ends says what becomes of it
  if (out.isOpen && source.isOver) out.cutOff(source.take(source.rest.length));
  else if (out.isOpen) out.abandon();
  return true;
}

/** Whether the limit of tokens ended the answer where a mark, or what follows it, had begun. */
export function isCutShort({ source, out }: Pick<AnswerContext, "source" | "out">): boolean {
  return out.isCut && source.hasRunOut;
}
