import { asObject, type JsonObject } from "../../../inference/openai/json-object.js";
import { newId } from "./new-id.js";
import { sealThoughts } from "./thought-seal.js";

type Status = "in_progress" | "completed" | "incomplete";

/** How thoughts are shown: as they are or as their own summary, and whether sealed beside. */
export interface ThoughtStyle {
  asSummary: boolean;
  sealed: boolean;
}

/** A thought as an item. */
export function thoughtItem(id: string, thoughts: string | undefined, style: ThoughtStyle, status: Status): JsonObject {
  const text = thoughts ?? "";
  const isThere = thoughts !== undefined;
  return {
    ...{ id, type: "reasoning", status },
    summary: isThere && style.asSummary ? [{ type: "summary_text", text }] : [],
    content: isThere && !style.asSummary ? [{ type: "reasoning_text", text }] : [],
    ...(isThere && style.sealed && { encrypted_content: sealThoughts(text) }),
  };
}

/** What the model says, as an item; its parts are texts or a refusal. */
export function messageItem(id: string, content: readonly JsonObject[], status: Status): JsonObject {
  return { id, type: "message", status, role: "assistant", content };
}

/** Text of a message. */
export function textPart(text: string, logprobs: readonly JsonObject[] = []): JsonObject {
  return { type: "output_text", annotations: [], logprobs, text };
}

/** The words of a refusal. */
export function refusalPart(refusal: string): JsonObject {
  return { type: "refusal", refusal };
}

/** A call of a function. */
export function callItem(id: string, call: { id: string; name: string; arguments: string }, status: Status): JsonObject {
  return { id, type: "function_call", status, arguments: call.arguments, call_id: call.id, name: call.name };
}

/** The log-probabilities of a choice of the chat API, as texts have them here. */
export function logprobsOf(choice: JsonObject): JsonObject[] {
  const content = asObject(choice["logprobs"])?.["content"];
  if (!Array.isArray(content)) return [];
  return (content as JsonObject[]).map(({ token, logprob, bytes, top_logprobs: top }) => ({
    ...{ token, logprob, bytes: bytes ?? [] },
    top_logprobs: Array.isArray(top) ? (top as JsonObject[]).map((one) => ({ ...one, bytes: one["bytes"] ?? [] })) : [],
  }));
}

/** The items of a choice's whole message: what was thought, said and called, in this order. */
export function outputOf(choice: JsonObject, style: ThoughtStyle): JsonObject[] {
  const { reasoning_content: thoughts, tool_calls: calls } = asObject(choice["message"]) ?? {};
  const isCut = choice["finish_reason"] === "length" || choice["finish_reason"] === "content_filter";
  const items: ((status: Status) => JsonObject)[] = [];
  if (typeof thoughts === "string" && thoughts !== "") items.push((status) => thoughtItem(newId("rs"), thoughts, style, status));
  const called = Array.isArray(calls) ? (calls as JsonObject[]) : [];
  // an answer without a word is a message too, unless it was cut off before the first
  const parts = partsOf(choice, { evenEmpty: called.length === 0 && !(isCut && items.length > 0) });
  if (parts.length > 0) items.push((status) => messageItem(newId("msg"), parts, status));
  for (const call of called) items.push((status) => callItem(newId("fc"), callOf(call), status));
  return items.map((write, index) => write(isCut && index === items.length - 1 ? "incomplete" : "completed"));
}

function partsOf(choice: JsonObject, { evenEmpty }: { evenEmpty: boolean }): JsonObject[] {
  const { content, refusal } = asObject(choice["message"]) ?? {};
  const refusals = typeof refusal === "string" ? [refusalPart(refusal)] : [];
  const isSaid = typeof content === "string" && (content !== "" || (evenEmpty && refusals.length === 0));
  return [...(isSaid ? [textPart(content, logprobsOf(choice))] : []), ...refusals];
}

/** A call of the chat API, or a piece of one. */
export function callOf(call: JsonObject): { id: string; name: string; arguments: string } {
  const { name, arguments: text } = asObject(call["function"]) ?? {};
  const textOf = (value: unknown) => (typeof value === "string" ? value : "");
  return { id: textOf(call["id"]), name: textOf(name), arguments: textOf(text) };
}
