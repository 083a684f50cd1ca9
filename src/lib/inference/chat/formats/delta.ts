import type { Tool } from "../../openai/completion.js";
import type { Source } from "./source.js";

/**
 * A piece of an answer as it is read: text (or a thought that stays in it, with its marks), a thought, the beginning of a tool call, JSON text of the arguments of the call that was
 * begun last, its end.
 */
export type Delta =
  | { type: "content"; text: string; isThought?: true }
  | { type: "reasoning"; text: string }
  | { type: "call"; id: string; name: string }
  | { type: "arguments"; text: string }
  | { type: "call_end" };

/** Where a family's reader of calls reports what it reads. */
export interface CallSink {
  /** A call begins; an id is given where the model wrote one. */
  begin(name: string, id?: string): void;
  /** JSON text of its arguments. */
  arguments(json: string): void;
  end(): void;
}

/** What the reader of a family's calls works with. */
export interface CallContext {
  source: Source;
  calls: CallSink;
  /** The tools offered: their schemas say what values mean where a family writes them without quotes. */
  tools: readonly Tool[];
}
