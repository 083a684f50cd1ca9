import type { ThoughtMarks } from "../../openai/thoughts.js";
import { readGemmaCalls, type GemmaCallStyle } from "./call-gemma.js";
import { readJsonCalls, type JsonCallStyle } from "./call-json.js";
import { readNamedCalls, type NamedCallStyle } from "./call-named.js";
import { readPythonicCalls, type PythonicCallStyle } from "./call-pythonic.js";
import { readTaggedCalls, type TaggedCallStyle } from "./call-tagged.js";
import type { CallContext } from "./delta.js";
import type { Parse } from "./source.js";

/** How a family writes its tool calls. */
export type CallStyle = JsonCallStyle | NamedCallStyle | TaggedCallStyle | PythonicCallStyle | GemmaCallStyle;

/** How a family of models writes its answers. */
export interface ChatFormat {
  /** As documents and headers name it. */
  readonly name: string;
  /** What stands around its thoughts; the first is what the model writes itself. */
  readonly thoughts: readonly ThoughtMarks[];
  /** How it calls tools; undefined where it was not trained to. */
  readonly calls: CallStyle | undefined;
  /**
   * How an answer is put together: of text with marks in it, of messages to channels (gpt-oss), of messages to recipients that begin
   * with `>>>` (Functionary), or of messages to recipients with a header (Muse).
   */
  readonly layout: "marks" | "channels" | "chevrons" | "recipients";
  /** What stands around the answer itself and is no part of it. */
  readonly wrappers: readonly string[];
  /** The wrapper that an answer may begin with; "" where there is none. */
  readonly answerOpen: string;
  /** A call in the middle of a thought ends it. */
  readonly callEndsThought: boolean;
  /** Ids of calls, where a template wants some of its own. */
  readonly ids: "call" | "mistral" | "kimi";
  /** Nothing is known of how the model was trained to call tools: it is asked for JSON. */
  readonly isGeneric: boolean;
}

/** The texts that calls begin with, longest first; without those that stand for nothing. */
export function callMarks(style: CallStyle): readonly string[] {
  switch (style.kind) {
    case "json":
    case "pythonic":
      return style.open.filter((mark) => mark !== "");
    case "named":
    case "tagged":
      return [style.section[0], style.open].filter((mark) => mark !== "");
    case "gemma":
      return [style.open];
  }
}

/** Whether an answer that begins with a bracket is a call: nothing marks one. */
export function isBare(style: CallStyle): boolean {
  return (style.kind === "json" || style.kind === "pythonic") && style.open.includes("");
}

/** Reads the calls that follow an opening mark. Throws Unreadable for what is none. */
export function readCalls(context: CallContext, style: CallStyle, opened: string): Parse {
  switch (style.kind) {
    case "json":
      return readJsonCalls(context, style, opened);
    case "named":
      return readNamedCalls(context, style, opened);
    case "tagged":
      return readTaggedCalls(context, style, opened);
    case "pythonic":
      return readPythonicCalls(context, style);
    case "gemma":
      return readGemmaCalls(context, style);
  }
}
