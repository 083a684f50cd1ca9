import { ERROR_CODES } from "../../../base/errors/codes.js";
import type { LlmopsError } from "../../../base/errors/llmops-error.js";
import { asObject, type JsonObject } from "../../../inference/openai/json-object.js";
import { errorText } from "../error-text.js";
import type { StreamFormat } from "../translation.js";
import { EventLog } from "./event-log.js";
import { OpenCall, OpenMessage, OpenThought, type OpenItem } from "./open-items.js";
import { callOf, logprobsOf, type ThoughtStyle } from "./output-items.js";
import { endOf, type ResponseHead } from "./response.js";

/** What a stream of the Responses API is made of. */
export interface ResponseStreamParts {
  head: ResponseHead;
  style: ThoughtStyle;
  /** Hears of the response once it is whole. */
  keep: (response: JsonObject) => void;
}

/**
 * Writes the events of the chat API as those of the Responses API (platform.openai.com/docs/api-reference/responses-streaming), numbered,
 * each with its name.
 */
export class ResponseStream implements StreamFormat {
  readonly contentType = "text/event-stream; charset=utf-8";
  private readonly parts: ResponseStreamParts;
  private readonly log = new EventLog();
  /** The output so far, whole or still being written, in the order it began. */
  private readonly items: OpenItem[] = [];
  private readonly done = new Map<OpenItem, JsonObject>();
  /** Upstreams may send pieces of several calls in turns: each stays open to the end. */
  private readonly calls = new Map<number, OpenCall>();
  private spoken: OpenMessage | OpenThought | undefined;
  /** What of the chat API's answer is known so far. */
  private answer: JsonObject = {};
  private finishReason: unknown;
  private begun = false;

  constructor(parts: ResponseStreamParts) {
    this.parts = parts;
  }

  event(event: JsonObject): string {
    this.answer = { ...this.answer, ...event, usage: event["usage"] ?? this.answer["usage"] };
    this.begin();
    const choice = asObject((event["choices"] as unknown[] | undefined)?.[0]);
    if (choice) this.takeChoice(choice);
    return this.log.take();
  }

  end(): string {
    this.begin();
    const end = endOf(this.finishReason);
    this.closeAll(end === "completed");
    const response = this.show(end);
    this.log.write(end === "completed" ? "response.completed" : "response.incomplete", { response });
    this.parts.keep(response);
    return this.log.take();
  }

  error(error: LlmopsError): string {
    this.begin();
    const message = errorText(error);
    this.log.write("error", { code: error.code.toLowerCase(), message, param: error.param ?? null });
    // the API has few codes for responses that failed, and clients that know no others
    const code = ERROR_CODES[error.code].type === "rate_limit_error" ? "rate_limit_exceeded" : "server_error";
    this.log.write("response.failed", { response: this.show("failed", { code, message }) });
    return this.log.take();
  }

  private begin(): void {
    if (this.begun) return;
    this.begun = true;
    this.log.write("response.created", { response: this.show("in_progress") });
    this.log.write("response.in_progress", { response: this.show("in_progress") });
  }

  private takeChoice(choice: JsonObject): void {
    const { reasoning_content: thoughts, content, refusal, tool_calls: calls } = asObject(choice["delta"]) ?? {};
    const logprobs = logprobsOf(choice);
    if (typeof thoughts === "string" && thoughts !== "") this.thought().add(thoughts);
    if (typeof content === "string" && (content !== "" || logprobs.length > 0)) this.message().add("text", content, logprobs);
    if (typeof refusal === "string" && refusal !== "") this.message().add("refusal", refusal);
    if (Array.isArray(calls)) for (const call of calls as JsonObject[]) this.takeCall(call);
    this.finishReason = choice["finish_reason"] ?? this.finishReason;
  }

  private takeCall(piece: JsonObject): void {
    const call = callOf(piece);
    const index = typeof piece["index"] === "number" ? piece["index"] : this.calls.size;
    const open = this.calls.get(index) ?? this.open(new OpenCall(this.place(), call));
    this.calls.set(index, open);
    open.add(call.arguments);
  }

  private thought(): OpenThought {
    const thought = this.spoken instanceof OpenThought ? this.spoken : this.open(new OpenThought(this.place(), this.parts.style));
    this.spoken = thought;
    return thought;
  }

  private message(): OpenMessage {
    const message = this.spoken instanceof OpenMessage ? this.spoken : this.open(new OpenMessage(this.place()));
    this.spoken = message;
    return message;
  }

  private open<Item extends OpenItem>(item: Item): Item {
    this.items.push(item);
    return item;
  }

  /** Where the next item is written. What was said or thought before it is whole then. */
  private place(): { log: EventLog; index: number } {
    if (this.spoken) this.close(this.spoken, true);
    this.spoken = undefined;
    return { log: this.log, index: this.items.length };
  }

  private closeAll(isWhole: boolean): void {
    const saidNothing = this.items.every((item) => item instanceof OpenThought);
    if (saidNothing && (isWhole || this.items.length === 0)) this.message().add("text", "");
    const last = this.items.at(-1);
    for (const item of this.items) this.close(item, isWhole || item !== last);
  }

  private close(item: OpenItem, isWhole: boolean): void {
    if (!this.done.has(item)) this.done.set(item, item.close(isWhole ? "completed" : "incomplete"));
  }

  private show(end: Parameters<ResponseHead["show"]>[0], error?: object): JsonObject {
    const output = this.items.map((item) => this.done.get(item)).filter((item) => item !== undefined);
    return this.parts.head.show(end, output, this.answer, { usage: this.answer["usage"], ...(error && { error }) });
  }
}
