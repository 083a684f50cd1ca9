import type { Dispatcher } from "undici";
import { choicesOf } from "../../openai/answer-check.js";
import { toUsage } from "../../openai/endpoint-reader.js";
import { promptCount } from "../../openai/prompts.js";
import type { AnswerPart } from "../../openai/read-answer.js";
import type { Call, JsonObject } from "../call.js";

/** True for the paths whose streams can end with token counts. */
export function isCompletion(path: string): boolean {
  return path === "/v1/chat/completions" || path === "/v1/completions";
}

/** The type of a response's content, with its parameters. */
export function typeOf(headers: Dispatcher.ResponseData["headers"]): string | undefined {
  return [headers["content-type"] ?? []].flat()[0];
}

/** How many choices an answer has to have: of each prompt as many as are wanted. */
export function choicesAsked({ path, body }: Call): number {
  const { n, prompt } = body;
  const each = typeof n === "number" && n > 0 ? n : 1;
  return path === "/v1/completions" ? each * promptCount(prompt) : each;
}

/** A part as an event for the client; undefined for one with token counts only. */
export function toEvent({ body }: AnswerPart): JsonObject | undefined {
  const choices = choicesOf(body);
  if (toUsage(body["usage"]) && choices.length === 0) return undefined;
  if (!choices.some((choice) => "message" in choice)) return body;
  // a server that does not stream gives all of it at once
  const events = choices.map(({ message, ...choice }) => ({ ...choice, delta: message }));
  return { ...body, object: "chat.completion.chunk", choices: events };
}
