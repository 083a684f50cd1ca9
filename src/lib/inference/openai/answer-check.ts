import type { FinishReason } from "./completion.js";
import { asObject, type JsonObject } from "./json-object.js";
import { readServerWords, wordsOf, type ServerWords } from "./server-words.js";

/** foreign: not this API at all; error: the server said so itself; cut: it ended before it was whole. */
export type NoAnswerKind = "foreign" | "error" | "cut";

/** Why what came is not a whole answer. */
export class NoAnswer extends Error {
  readonly kind: NoAnswerKind;
  /** The server's own words where it said something. */
  readonly words: ServerWords | undefined;

  constructor(kind: NoAnswerKind, message: string, words?: ServerWords) {
    super(message);
    this.name = "NoAnswer";
    this.kind = kind;
    this.words = words;
  }
}

/** What is known of one choice. */
interface ChoiceState {
  hasContent: boolean;
  /** Its content was a text, be it an empty one, or a call or a refusal stood in its place. */
  isGiven: boolean;
  /** Its content was null, or missing in a whole answer; the events of a stream may each leave it out. */
  isNulled: boolean;
  finish: FinishReason | undefined;
}

/** Finish reasons of servers for an answer they gave up. */
const GIVEN_UP = new Set(["error", "abort", "aborted", "cancelled", "canceled", "timeout", "insufficient_system_resource"]);
const FILTERED = new Set(["content_filter", "content_filtered", "safety", "recitation", "refusal", "blocklist", "prohibited_content"]);
const TOO_LONG = new Set(["length", "max_tokens", "max_output_tokens", "model_length"]);
const CALLED = new Set(["tool_calls", "tool_call", "tool_use", "function_call"]);

/**
 * The one place that decides whether an answer that came over the wire is whole: every choice asked for has ended with a finish
 * reason, or "[DONE]" came after something in every choice begun. It is told of every event, or of the whole body.
 */
export class AnswerCheck {
  private readonly asked: number;
  private readonly choices = new Map<number, ChoiceState>();
  private isDone = false;

  /** `asked`: how many choices the request wants. */
  constructor(asked = 1) {
    this.asked = asked;
  }

  /** Takes an event of a stream, or a whole body. True where it has anything of the answer itself. Throws NoAnswer for an error, and for more of a choice that has ended. */
  note(body: JsonObject): boolean {
    throwIfError(body);
    let adds = false;
    for (const choice of choicesOf(body)) {
      throwIfError(choice);
      const index = typeof choice["index"] === "number" ? choice["index"] : 0;
      const state = this.choices.get(index) ?? { hasContent: false, isGiven: false, isNulled: false, finish: undefined };
      this.choices.set(index, state);
      const says = hasContent(choice);
      if (says && state.finish !== undefined) {
        throw new NoAnswer("error", `it went on after its answer had ended (finish_reason ${state.finish})`);
      }
      adds ||= says;
      state.hasContent ||= says;
      state.isGiven ||= isGiven(choice);
      state.isNulled ||= isNulled(choice);
      state.finish ??= readFinish(choice);
    }
    return adds;
  }

  /** "[DONE]" came. */
  noteDone(): void {
    this.isDone = true;
  }

  /** True once nothing of the answer is missing, whatever happens to the connection afterwards. */
  get isWhole(): boolean {
    const states = [...this.choices.values()];
    if (states.length === 0) return false;
    if (states.some(isNull)) return false;
    if (this.isDone) return states.every(({ hasContent, finish }) => hasContent || finish !== undefined);
    for (let index = 0; index < this.asked; index++) if (this.choices.get(index)?.finish === undefined) return false;
    return states.every(({ finish }) => finish !== undefined);
  }

  /** Throws NoAnswer where the answer ended before it was whole. */
  end(): void {
    if (this.isWhole) return;
    const none = [...this.choices.values()].find(isNull);
    if (none) throw new NoAnswer("cut", `its answer is null, without a tool call or a refusal (finish_reason ${none.finish})`);
    const begun = [...this.choices.values()].some(({ hasContent }) => hasContent);
    throw new NoAnswer("cut", begun ? "its answer ended in the middle, without a finish reason" : "its answer has nothing in it");
  }
}

/**
 * Ended without an answer: an empty text is one that the model gave, null is none. What was cut off by its length, as where thoughts
 * used up all of it, or withheld by a filter is told apart by its finish reason.
 */
function isNull({ isGiven, isNulled, finish }: ChoiceState): boolean {
  return !isGiven && isNulled && (finish === "stop" || finish === "tool_calls");
}

/** The choices of an event or of a whole body, as far as they are ones. */
export function choicesOf({ choices }: JsonObject): JsonObject[] {
  return Array.isArray(choices) ? choices.map(asObject).filter((choice) => choice !== undefined) : [];
}

/** What a choice adds: of an event, of a whole answer, or of a text completion. */
export function deltaOf(choice: JsonObject): JsonObject {
  return asObject(choice["delta"]) ?? asObject(choice["message"]) ?? { content: choice["text"] };
}

/** Why a choice ended, in this API's words; undefined while it has not. Throws NoAnswer where the server gave it up. */
export function readFinish(choice: JsonObject): FinishReason | undefined {
  const reason = choice["finish_reason"];
  // some servers write "" where others write null
  if (typeof reason !== "string" || reason === "") return undefined;
  const plain = reason.toLowerCase();
  if (GIVEN_UP.has(plain)) throw new NoAnswer("error", `it gave the answer up (${reason})`);
  if (FILTERED.has(plain)) return "content_filter";
  if (TOO_LONG.has(plain)) return "length";
  return CALLED.has(plain) ? "tool_calls" : "stop";
}

/** The member that may hold thoughts, by server: DeepSeek and vLLM; OpenRouter, Ollama and newer vLLM; others. */
const THOUGHT_MEMBERS = ["reasoning_content", "reasoning", "thinking"];

/** The thoughts a delta adds. */
export function thoughtsOf(delta: JsonObject): string {
  const own = THOUGHT_MEMBERS.map((name) => delta[name]).find((value) => typeof value === "string" && value !== "");
  return typeof own === "string" ? own : partsOf(delta["content"], "thinking");
}

/** The text a delta adds; some servers send a list of parts. */
export function textIn(delta: JsonObject): string {
  const { content } = delta;
  return typeof content === "string" ? content : partsOf(content, "text");
}

function partsOf(content: unknown, type: "text" | "thinking"): string {
  if (!Array.isArray(content)) return "";
  return content
    .map((part) => {
      const object = asObject(part);
      if (object?.["type"] !== type) return "";
      const value = object[type];
      return typeof value === "string" ? value : partsOf(value, "text");
    })
    .join("");
}

/** True where a choice adds text, thoughts, a call, a refusal or a token: not a role or an end alone. */
export function hasContent(choice: JsonObject): boolean {
  const delta = deltaOf(choice);
  const { tool_calls: calls, function_call: call, refusal } = delta;
  if ((Array.isArray(calls) && calls.length > 0) || asObject(call) || (typeof refusal === "string" && refusal !== "")) return true;
  if (textIn(delta) !== "" || thoughtsOf(delta) !== "") return true;
  // a token whose text cannot be shown yet
  const logprobs = asObject(choice["logprobs"]);
  return [logprobs?.["content"], logprobs?.["tokens"]].some((tokens) => Array.isArray(tokens) && tokens.length > 0);
}

/** True where a choice has what may be an answer: a text, even an empty one, a call, a refusal or a token; thoughts alone are none. */
function isGiven(choice: JsonObject): boolean {
  const { content, ...delta } = deltaOf(choice);
  if (typeof content === "string" || textIn({ content }) !== "") return true;
  const others = Object.entries(delta).filter(([name]) => !THOUGHT_MEMBERS.includes(name));
  return hasContent({ logprobs: choice["logprobs"], delta: Object.fromEntries(others) });
}

function isNulled(choice: JsonObject): boolean {
  const { content, role } = deltaOf(choice);
  // llama.cpp opens every stream with a role and null: that is not a word on the answer yet
  const isOpening = asObject(choice["delta"]) !== undefined && typeof role === "string" && readFinish(choice) === undefined;
  return (content === null && !isOpening) || (asObject(choice["message"]) !== undefined && typeof content !== "string");
}

/** An error in the place of an answer, whatever the status was. */
function throwIfError(body: JsonObject): void {
  const { error, object, type } = body;
  const isError = (error !== undefined && error !== null && error !== false && error !== "") || object === "error" || type === "error";
  if (!isError) return;
  const words = wordsOf(body) ?? readServerWords(JSON.stringify(body));
  throw new NoAnswer("error", words.message, words);
}
