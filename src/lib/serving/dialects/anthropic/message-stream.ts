import { createHash, type Hash } from "node:crypto";
import { z } from "zod";
import type { LlmopsError } from "../../../base/errors/llmops-error.js";
import { choicesOf, deltaOf, textIn, thoughtsOf } from "../../../inference/openai/answer-check.js";
import { toUsage } from "../../../inference/openai/endpoint-reader.js";
import { asObject, type JsonObject } from "../../../inference/openai/json-object.js";
import type { Usage } from "../../../inference/openai/completion.js";
import type { StreamFormat } from "../translation.js";
import { toAnthropicError } from "./anthropic-error.js";
import { messageHead, toEnd, toMessageUsage, type MessageAsked } from "./message.js";

const EVENTS = [
  ...(["message_start", "ping", "content_block_start", "content_block_delta", "content_block_stop"] as const),
  ...(["message_delta", "message_stop", "error"] as const),
] as const;

/** One event of a streamed message; what else is in it depends on its type. */
export const messageEventSchema = z.looseObject({
  type: z.enum(EVENTS),
  index: z.number().int().optional().describe("Of a content block."),
});

/** A block whose deltas are being written. */
type OpenBlock = { kind: "text" } | { kind: "thinking"; hash: Hash } | { kind: "tool_use"; call: number };

/** A chat completion's events as those of a message: a start, blocks one after another, why it ended, and the end. */
export class MessageStream implements StreamFormat {
  readonly contentType = "text/event-stream; charset=utf-8";
  private readonly begun: () => Usage | undefined;
  private readonly asked: MessageAsked;
  private hasStarted = false;
  private block: OpenBlock | undefined;
  /** Blocks that were begun. */
  private blocks = 0;
  private last: JsonObject = {};
  private refusal = "";
  private usage: Usage | undefined;

  constructor(begun: () => Usage | undefined, asked: MessageAsked) {
    this.begun = begun;
    this.asked = asked;
  }

  event(event: JsonObject): string {
    let text = this.hasStarted ? "" : this.start(event);
    this.usage = toUsage(event["usage"]) ?? this.usage;
    const [choice] = choicesOf(event);
    if (!choice) return text;
    const delta = deltaOf(choice);
    const thoughts = thoughtsOf(delta);
    if (thoughts !== "") text += this.think(thoughts);
    const said = textIn(delta);
    if (said !== "") text += this.open({ kind: "text" }) + this.delta({ type: "text_delta", text: said });
    for (const call of Array.isArray(delta["tool_calls"]) ? delta["tool_calls"] : []) text += this.call(asObject(call) ?? {});
    if (typeof delta["refusal"] === "string") this.refusal += delta["refusal"];
    if (typeof choice["finish_reason"] === "string") this.last = choice;
    return text;
  }

  end(): string {
    const { refusal, last: choice, usage = this.begun() } = this;
    const delta = toEnd({ choice, usage, refusal }, this.asked);
    return this.close() + written({ type: "message_delta", delta, usage: toMessageUsage(usage) }) + written({ type: "message_stop" });
  }

  error(error: LlmopsError, requestId: string): string {
    return written(toAnthropicError(error, requestId));
  }

  private start(event: JsonObject): string {
    this.hasStarted = true;
    const usage = { ...toMessageUsage(this.begun()), output_tokens: 0 };
    const message = { ...messageHead(event), content: [], stop_reason: null, stop_sequence: null, stop_details: null, usage };
    return written({ type: "message_start", message }) + written({ type: "ping" });
  }

  private think(thoughts: string): string {
    const block = this.block?.kind === "thinking" ? this.block : ({ kind: "thinking", hash: createHash("sha256") } as const);
    const opened = this.open(block);
    block.hash.update(thoughts);
    return opened + (this.asked.omitsThinking ? "" : this.delta({ type: "thinking_delta", thinking: thoughts }));
  }

  /** A call comes with its name, then its arguments in pieces. */
  private call({ index, id, function: called }: JsonObject): string {
    const { name, arguments: piece } = asObject(called) ?? {};
    const call = typeof index === "number" ? index : 0;
    const opened = this.open({ kind: "tool_use", call }, { id, name });
    return typeof piece === "string" && piece !== "" ? opened + this.delta({ type: "input_json_delta", partial_json: piece }) : opened;
  }

  /** Begins a block, unless it is the one that is open. */
  private open(block: OpenBlock, { id, name }: JsonObject = {}): string {
    if (this.block?.kind === block.kind && (block.kind !== "tool_use" || isSame(this.block, block))) return "";
    const closed = this.close();
    this.block = block;
    const index = this.blocks++;
    const content = {
      text: { type: "text", text: "", citations: null },
      thinking: { type: "thinking", thinking: "", signature: "" },
      tool_use: { type: "tool_use", id, name, input: {} },
    }[block.kind];
    return closed + written({ type: "content_block_start", index, content_block: content });
  }

  private close(): string {
    const { block } = this;
    if (!block) return "";
    const signed = block.kind === "thinking" ? this.delta({ type: "signature_delta", signature: block.hash.digest("base64") }) : "";
    this.block = undefined;
    return signed + written({ type: "content_block_stop", index: this.blocks - 1 });
  }

  private delta(delta: JsonObject): string {
    return written({ type: "content_block_delta", index: this.blocks - 1, delta });
  }
}

function isSame(one: OpenBlock, other: OpenBlock): boolean {
  return one.kind === "tool_use" && other.kind === "tool_use" && one.call === other.call;
}

/** A server-sent event with its name. */
function written(event: JsonObject & { type: string }): string {
  return `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;
}
