import { choicesOf } from "../openai/answer-check.js";
import type { JsonObject } from "./call.js";

/** The events again, once the first of them is there. What fails before that is thrown here. */
export async function whenBegun<T>(events: AsyncGenerator<T>): Promise<AsyncGenerator<T>> {
  const first = await events.next();
  return resume(first, events);
}

async function* resume<T>(first: IteratorResult<T>, events: AsyncGenerator<T>): AsyncGenerator<T> {
  try {
    if (first.done) return;
    yield first.value;
    yield* events;
  } finally {
    await events.return(undefined);
  }
}

/** The text an event adds to the first choice, in a chat's shape or a completion's. */
export function textOf(event: JsonObject): string {
  const [choice] = choicesOf(event);
  const delta = choice?.["delta"] as { content?: unknown } | undefined;
  const text = delta ? delta.content : choice?.["text"];
  return typeof text === "string" ? text : "";
}
