import type { AnswerContext } from "./answer-writer.js";
import { readObject } from "./json-value.js";
import { callMarks } from "./format.js";
import { giveBack, tryCalls } from "./read-marked.js";
import { Marks, Unreadable, type Parse } from "./source.js";

const LONGEST_HEAD = 512;
/** What a message's head begins with; the prompt ended with the role. */
const HEADS = ["<|channel|>", "<|start|>", "<|message|>", "<|constrain|>", " to="] as const;
/** What ends a message, or begins the next one. */
const ENDS = ["<|end|>", "<|return|>", "<|call|>", "<|eom|>", "<|eot|>", "<|start|>", "<|channel|>"] as const;

/** What a message is, by its head. */
interface Message {
  kind: "answer" | "thought" | "call";
  /** The tool it calls. */
  name: string;
}

/**
 * Reads answers that are messages with a head: to channels, as OpenAI's Harmony has them, where `final` and a `commentary` without a
 * recipient are the answer and `functions.NAME` is called, or to recipients, as Muse has them.
 */
export function* readChannels(context: AnswerContext): Parse {
  const { source, options } = context;
  if (options.inThought === true) yield* readBody(context, { kind: "thought", name: "" });
  while (!source.isAtEnd && (yield* source.peek()) !== "") {
    const head = yield* readHead(context);
    yield* readBody(context, head === undefined ? { kind: "answer", name: "" } : messageOf(head));
  }
}

/** A message's head, without the mark that ends it; undefined where there is none. */
function* readHead({ source }: AnswerContext): Parse<string | undefined> {
  if ((yield* source.peekOne(HEADS)) === undefined) return undefined;
  source.keep();
  try {
    const { text, mark } = yield* source.textUntil(new Marks(["<|message|>", "<|end|>", "<|return|>", "<|call|>"]), LONGEST_HEAD);
    if (mark !== "<|message|>") throw new Unreadable(text);
    source.release();
    return text;
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    // a head that is cut off says nothing
    if (source.isAtEnd) return "";
    source.back();
    yield* source.takeOne(HEADS);
    return undefined;
  }
}

function messageOf(head: string): Message {
  const recipient = /\bto=([^\s<]+)/.exec(head)?.[1];
  const channel = [...head.matchAll(/<\|channel\|>\s*(\w+)/g)].at(-1)?.[1];
  if (recipient?.startsWith("functions.") === true) return { kind: "call", name: recipient.slice("functions.".length) };
  if (channel === undefined) return { kind: recipient === "self" ? "thought" : "answer", name: "" };
  // a tool that nobody offered has no answer in its message
  const isForUser = recipient === undefined || recipient === "assistant" || recipient === "user";
  return { kind: isForUser && channel !== "analysis" ? "answer" : "thought", name: "" };
}

function* readBody(context: AnswerContext, { kind, name }: Message): Parse {
  const { source, options, out } = context;
  if (kind === "thought") {
    out.beginThought("");
    const end = yield* source.upTo(new Marks(ENDS), (text) => out.think(text));
    if (end !== undefined) out.endThought("");
    return yield* readRole(context, end);
  }
  if (kind === "call" && options.tools) yield* readCall(context, name);
  const { calls, layout } = context.format;
  const opens = options.tools && calls && layout === "recipients" ? callMarks(calls) : [];
  const marks = new Marks<string>([...ENDS, ...opens]);
  for (;;) {
    const mark = yield* source.upTo(marks, (text) => out.text(text));
    if (mark === undefined || !opens.includes(mark)) return yield* readRole(context, mark);
    yield* tryCalls(context, mark, () => out.text(mark));
  }
}

/** After the mark of the next message: what stands there up to its head is the role. */
function* readRole({ source }: AnswerContext, mark: string | undefined): Parse {
  if (mark === "<|start|>") yield* source.takeOne(["assistant"]);
  if (mark === "<|channel|>") source.unread(mark);
}

function* readCall(context: AnswerContext, name: string): Parse {
  const { source, out } = context;
  source.keep();
  try {
    yield* source.space();
    if ((yield* source.peek()) !== "{") throw new Unreadable("no arguments");
    out.begin(name);
    yield* readObject(source, (json) => out.arguments(json));
    out.end();
    yield* source.space();
  } catch (error) {
    giveBack(context, error, { isMarked: true });
  }
}
