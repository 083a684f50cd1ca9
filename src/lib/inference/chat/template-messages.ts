import { createHash } from "node:crypto";
import { parseJsonText } from "../../base/slices/parse-json-text.js";
import type { ChatMessage, Tool, ToolCall } from "../openai/completion.js";
import type { TemplateTraits } from "./traits.js";

const SHORT_ID = /^[a-zA-Z0-9]{9}$/;

/** Messages as a template with these traits takes them. */
export function toTemplateMessages(messages: readonly ChatMessage[], traits: TemplateTraits): object[] {
  const names = new Map<string, string>();
  return messages.map((message) => {
    for (const { id, name } of message.toolCalls ?? []) names.set(id, name);
    return toTemplateMessage(message, traits, names);
  });
}

function toTemplateMessage(message: ChatMessage, traits: TemplateTraits, names: ReadonlyMap<string, string>): object {
  const { role, content, thoughts, toolCalls, toolCallId } = message;
  const name = message.name ?? (toolCallId === undefined ? undefined : names.get(toolCallId));
  return {
    role: role === "developer" ? "system" : role,
    ...(name !== undefined && { name }),
    content: traits.parts ? [{ type: "text", text: content }] : content,
    ...(thoughts !== undefined && traits.thoughts !== undefined && { [traits.thoughts]: thoughts }),
    ...(toolCallId !== undefined && { tool_call_id: toId(toolCallId, traits) }),
    ...(toolCalls && { tool_calls: toolCalls.map((call) => toTemplateCall(call, traits)) }),
  };
}

function toTemplateCall({ id, name, arguments: text }: ToolCall, traits: TemplateTraits): object {
  return { id: toId(id, traits), type: "function", function: { name, arguments: traits.calls === "text" ? text : parseArguments(text) } };
}

/** The id of a call, in the nine letters and digits that some templates insist on. */
function toId(id: string, { shortIds }: TemplateTraits): string {
  return !shortIds || SHORT_ID.test(id) ? id : createHash("sha256").update(id).digest("hex").slice(0, 9);
}

/** Templates print arguments as JSON themselves; what is not JSON, or too deep, stays text. */
export function parseArguments(text: string): unknown {
  try {
    return text.trim() === "" ? {} : parseJsonText(text);
  } catch {
    return text;
  }
}

/** A tool as templates take it. */
export function toTemplateTool({ name, description, parameters }: Tool): object {
  return { type: "function", function: { name, ...(description === undefined ? {} : { description }), parameters } };
}
