import { randomBytes, randomUUID } from "node:crypto";
import type { Tool } from "../../openai/completion.js";
import type { CallSink, Delta } from "./delta.js";
import type { ChatFormat } from "./format.js";
import { closeJson } from "./json-value.js";
import type { Source } from "./source.js";

export interface ReadingOptions {
  /** The tools offered; undefined where calls are not to be looked for. */
  tools: readonly Tool[] | undefined;
  /** The prompt ended with the beginning of a thought. */
  inThought?: boolean;
  /** Thoughts stay in the text, with their marks. */
  keepsThoughts?: boolean;
  /** Names of tokens that are not text: left out where they mark nothing. */
  controls?: readonly string[];
}

/** What the readers of answers work with. */
export interface AnswerContext {
  source: Source;
  format: ChatFormat;
  options: ReadingOptions;
  out: AnswerWriter;
}

/** Collects what the readers find, without the layout between its parts. */
export class AnswerWriter implements CallSink {
  inThought = false;
  /** The mark of calls that are tried to be read, until one begins. */
  openedBy: string | undefined;
  /** How often calls were tried to be read. */
  tried = 0;
  begun = 0;
  ended = 0;
  /** The limit of tokens ended the answer. */
  isCut = false;
  private readonly source: Source;
  private readonly format: ChatFormat;
  private readonly options: ReadingOptions;
  private deltas: Delta[] = [];
  /** White space that is shown only if something follows. */
  private held = "";
  /** Nothing of the answer's text, or of this thought, has been shown. */
  private isBlank = true;
  /** Thoughts or calls came before: white space before the text is layout. */
  private isAfterOther = false;
  private thought = false;
  private rest = "";
  /** JSON text of the arguments of a call that is open. */
  private json: string | undefined;

  constructor(source: Source, format: ChatFormat, options: ReadingOptions) {
    this.source = source;
    this.format = format;
    this.options = options;
  }

  /** Whether no text of the answer has come yet, besides white space. */
  get isAtStart(): boolean {
    return this.isBlank;
  }

  /** Whether a call has begun that did not end. */
  get isOpen(): boolean {
    return this.json !== undefined;
  }

  text(text: string): void {
    this.show(text, {});
  }

  beginThought(mark: string): void {
    this.inThought = true;
    if (this.options.keepsThoughts === true) return this.show(mark, KEPT);
    this.held = "";
    this.isBlank = true;
  }

  think(text: string): void {
    if (this.options.keepsThoughts === true) return this.show(text, KEPT);
    const all = this.held + text;
    const shown = this.isBlank ? all.trim() : all.trimEnd();
    this.held = this.isBlank && shown === "" ? "" : all.slice(all.trimEnd().length);
    if (shown === "") return;
    this.add({ type: "reasoning", text: this.isBlank && this.thought ? `\n${shown}` : shown });
    this.isBlank = false;
    this.thought = true;
  }

  endThought(mark: string): void {
    this.inThought = false;
    if (this.options.keepsThoughts === true) return this.show(mark, KEPT);
    this.startOver();
  }

  begin(name: string, id?: string): void {
    this.startOver();
    this.inThought = false;
    this.openedBy = undefined;
    this.json = "";
    const index = this.begun++;
    this.add({ type: "call", id: id ?? newId(this.format.ids, name, index), name });
    this.keep();
  }

  arguments(json: string): void {
    if (json === "") return;
    this.json = (this.json ?? "") + json;
    this.add({ type: "arguments", text: json });
    this.keep();
  }

  end(): void {
    this.json = undefined;
    this.ended++;
    this.add({ type: "call_end" });
    this.source.release();
  }

  /** The answer is over. */
  finish(reason: "stop" | "length"): void {
    if (this.isOpen && reason === "stop") {
      this.abandon();
      this.text(this.rest);
    }
    if (this.inThought || this.isAfterOther || this.held === "") return;
    this.add({ type: "content", text: this.held });
    this.held = "";
  }

  /** A call that is open ends with the answer; `rest` is what could not be read of its end. */
  cutOff(rest: string): void {
    this.rest = rest;
  }

  /** Ends a call whose arguments cannot be read on, with what makes them valid JSON. */
  abandon(): void {
    const closing = closeJson(this.json ?? "");
    this.arguments(this.json === "" ? "{}" : closing);
    this.end();
  }

  /** What was found since this was asked last. */
  taken(): Delta[] {
    const { deltas } = this;
    this.deltas = [];
    return deltas;
  }

  private show(text: string, kind: { isThought?: true }): void {
    if (!this.isBlank) return this.add({ type: "content", text, ...kind });
    this.held += text;
    if (this.held.trim() === "") return;
    this.add({ type: "content", text: this.isAfterOther ? this.held.trimStart() : this.held, ...kind });
    this.held = "";
    this.isBlank = false;
  }

  private startOver(): void {
    this.held = "";
    this.isBlank = true;
    this.isAfterOther = true;
  }

  /** What is read after what was given goes back to the text where it cannot be read. */
  private keep(): void {
    this.source.release();
    this.source.keep();
  }

  private add(delta: Delta): void {
    const last = this.deltas.at(-1);
    if (last && "text" in delta && isContinued(last, delta)) last.text += delta.text;
    else this.deltas.push(delta);
  }
}

/** What is said of a thought that stays in the text. */
const KEPT = { isThought: true } as const;

type TextDelta = Extract<Delta, { text: string }>;

function isContinued(last: Delta, delta: Delta): last is TextDelta {
  return "text" in last && last.type === delta.type && isKept(last) === isKept(delta);
}

function isKept(delta: Delta): boolean {
  return delta.type === "content" && delta.isThought === true;
}

const LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

/** An id as a family's template wants it back: Mistral's have nine letters and digits, Kimi's count the calls of a function's name. */
function newId(kind: ChatFormat["ids"], name: string, index: number): string {
  if (kind === "kimi") return `functions.${name}:${index}`;
  if (kind === "mistral") return Array.from(randomBytes(9), (byte) => LETTERS.charAt(byte % LETTERS.length)).join("");
  return `call_${randomUUID().replaceAll("-", "")}`;
}
