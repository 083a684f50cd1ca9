import type { LlmopsError } from "../../../base/errors/llmops-error.js";
import { choicesOf, deltaOf, textIn, thoughtsOf } from "../../../inference/openai/answer-check.js";
import { toUsage } from "../../../inference/openai/endpoint-reader.js";
import { asObject, type JsonObject } from "../../../inference/openai/json-object.js";
import type { Usage } from "../../../inference/openai/completion.js";
import type { StreamFormat } from "../translation.js";
import { endOf, lineOf, logprobsOf, toCall, type OllamaAsked } from "./ollama-answer.js";
import { toOllamaError } from "./ollama-error.js";

/** The media type of Ollama's streams. */
export const NDJSON = "application/x-ndjson";

interface PendingCall extends JsonObject {
  id: unknown;
  function: { name: unknown; arguments: string };
}

/** Events of OpenAI's as Ollama's lines of JSON: pieces of text and thoughts as they come, calls whole, then how it ended. */
export class OllamaStream implements StreamFormat {
  readonly contentType = NDJSON;
  private readonly asked: OllamaAsked;
  private readonly calls = new Map<number, PendingCall>();
  private last: JsonObject = {};
  private timings: JsonObject | undefined;
  private usage: Usage | undefined;

  constructor(asked: OllamaAsked) {
    this.asked = asked;
  }

  event(event: JsonObject): string {
    this.usage = toUsage(event["usage"]) ?? this.usage;
    this.timings = asObject(event["timings"]) ?? this.timings;
    const [choice] = choicesOf(event);
    if (!choice) return "";
    const delta = deltaOf(choice);
    const piece = { text: textIn(delta), thoughts: thoughtsOf(delta), logprobs: logprobsOf(choice) };
    for (const call of Array.isArray(delta["tool_calls"]) ? delta["tool_calls"] : []) this.note(asObject(call) ?? {});
    if (typeof choice["finish_reason"] === "string") this.last = choice;
    const isEmpty = piece.text === "" && piece.thoughts === "" && piece.logprobs === undefined;
    return isEmpty ? "" : line(lineOf(piece, this.asked));
  }

  end(): string {
    const { asked, last: choice, usage, timings } = this;
    const calls = [...this.calls.values()].map(toCall);
    const called = calls.length > 0 ? line(lineOf({ calls }, asked)) : "";
    return called + line({ ...lineOf({}, asked), ...endOf({ choice, usage, timings }, asked) });
  }

  error(error: LlmopsError): string {
    return line(toOllamaError(error));
  }

  private note({ index, id, function: called }: JsonObject): void {
    const { name, arguments: piece } = asObject(called) ?? {};
    const at = typeof index === "number" ? index : 0;
    const call = this.calls.get(at) ?? { id, function: { name, arguments: "" } };
    this.calls.set(at, call);
    if (typeof piece === "string") call.function.arguments += piece;
  }
}

function line(value: object): string {
  return `${JSON.stringify(value)}\n`;
}
