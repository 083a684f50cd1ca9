import type { JsonObject } from "../../inference/gateway/call.js";
import { textOf } from "../../inference/gateway/stream.js";
import { TokenTally } from "../../inference/gateway/token-tally.js";
import { choicesOf, hasContent } from "../../inference/openai/answer-check.js";

/** What an event says of the stream it belongs to. */
export interface NotedEvent {
  /** One of the choices ends with it. */
  isLast: boolean;
  /** Milliseconds since the token before it; undefined of the first token, and of what is none. */
  pauseMs: number | undefined;
}

/** What has come of an answer: its text, why it ended, when its first token was there. */
export class AnswerSoFar {
  finishReason = "stop";
  text = "";
  /** Milliseconds from the beginning of the call. */
  firstTokenMs: number | undefined;
  /** What was sent to this client alone. */
  readonly tally = new TokenTally();
  private readonly begun: number;
  private lastEventAt: number | undefined;

  /** `begun` is when the call began, by performance.now(). */
  constructor(begun: number) {
    this.begun = begun;
  }

  /** Takes an answer that came at once. */
  takeWhole(body: JsonObject, firstTokenMs: number | undefined): void {
    const [choice] = choicesOf(body);
    this.text = textOf(choice?.["message"] ? { choices: [{ delta: choice["message"] }] } : body);
    this.takeReason(choice);
    if (firstTokenMs !== undefined) this.firstTokenMs = firstTokenMs;
  }

  /** Takes an event of a stream; its tokens are counted, and its text kept, where somebody asks for that. */
  takeEvent(event: JsonObject, { counts, keepsText }: { counts: boolean; keepsText: boolean }): NotedEvent {
    const choices = choicesOf(event);
    const isLast = choices.some(({ finish_reason: reason }) => typeof reason === "string");
    const [choice] = choices;
    this.takeReason(choice);
    if (counts) this.tally.add(event);
    // a role or an end alone is not a token
    if (!choice || !hasContent(choice)) return { isLast, pauseMs: undefined };
    const now = performance.now();
    const pauseMs = this.lastEventAt === undefined ? undefined : now - this.lastEventAt;
    this.firstTokenMs ??= now - this.begun;
    this.lastEventAt = now;
    if (keepsText) this.text += textOf(event);
    return { isLast, pauseMs };
  }

  private takeReason(choice: JsonObject | undefined): void {
    if (typeof choice?.["finish_reason"] === "string") this.finishReason = choice["finish_reason"];
  }
}
