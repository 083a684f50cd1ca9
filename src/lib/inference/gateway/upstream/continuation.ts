import type { AnswerFacts, Call, JsonObject } from "../call.js";
import { choicesOf, readFinish } from "../../openai/answer-check.js";
import { formatFields } from "../../openai/wire-format.js";
import { textOf } from "../stream.js";
import { TokenTally } from "../token-tally.js";

/** What of an answer has been sent so far, to continue with it elsewhere. */
export class PartialAnswer {
  private readonly call: Call;
  /** What came of it, counted. */
  readonly tally = new TokenTally();
  private text = "";
  private events = 0;
  private first: JsonObject | undefined;
  private plain = true;
  private hasEnded = false;

  constructor(call: Call) {
    this.call = call;
  }

  note(event: JsonObject): void {
    this.first ??= event;
    this.tally.add(event);
    this.text += textOf(event);
    if (textOf(event) !== "") this.events++;
    const choices = choicesOf(event);
    this.hasEnded ||= choices.some((choice) => readFinish(choice) !== undefined);
    this.plain &&= choices.every(({ index, delta }) => index === 0 && !(delta as { tool_calls?: unknown } | undefined)?.tool_calls);
  }

  /**
   * The request for the rest of the answer: what was said stands in it as the beginning, in vLLM's fields for chats. Undefined where
   * the rest cannot be asked for: an answer that has ended, several choices, tool calls, a format the whole answer has to follow, token probabilities.
   */
  get continuation(): Call | undefined {
    const { body } = this.call;
    const fixed = ["logprobs", "echo", "suffix", ...Object.keys(formatFields)].some((name) => Boolean(body[name]));
    if (!this.plain || this.hasEnded || fixed || Number(body["n"] ?? 1) > 1) return undefined;
    if (this.text === "") return this.call;
    const rest = { ...body, ...this.shorter("max_tokens"), ...this.shorter("max_completion_tokens") };
    if (this.call.path === "/v1/completions") {
      if (typeof body["prompt"] !== "string") return undefined;
      return { ...this.call, body: { ...rest, prompt: body["prompt"] + this.text } };
    }
    const messages = [...(body["messages"] as object[]), { role: "assistant", content: this.text }];
    return { ...this.call, body: { ...rest, messages, continue_final_message: true, add_generation_prompt: false } };
  }

  /** An event of the rest as one of the answer that was begun; undefined for one that only begins again. */
  adopt(event: JsonObject): JsonObject | undefined {
    if (!this.first) return event;
    const { id, created } = this.first;
    const [choice] = choicesOf(event);
    const delta = choice?.["delta"] as JsonObject | undefined;
    if (delta?.["role"] === undefined) return { ...event, id, created };
    const { content, tool_calls: calls } = delta;
    if (!content && !calls && choice?.["finish_reason"] === null) return undefined;
    const rest = Object.fromEntries(Object.entries(delta).filter(([name]) => name !== "role"));
    return { ...event, id, created, choices: [{ ...choice, delta: rest }] };
  }

  /** The facts of the whole answer: what was said before the break counts as said, not as prompt. */
  withRest({ usage, timing }: AnswerFacts): AnswerFacts {
    if (!usage) return { usage, timing };
    const promptTokens = Math.max(0, usage.promptTokens - this.events);
    return { usage: { ...usage, promptTokens, completionTokens: usage.completionTokens + this.events }, timing };
  }

  /** About one token came with each event. */
  private shorter(name: "max_tokens" | "max_completion_tokens"): JsonObject {
    const asked = this.call.body[name];
    return typeof asked === "number" ? { [name]: Math.max(1, asked - this.events) } : {};
  }
}
