import type { ChatMessage, ToolCall } from "../openai/completion.js";
import { parseArguments } from "./template-messages.js";

/** The conversation for a template that shows results but no tool calls: calls stand in the assistant's text as JSON. */
export function foldCalls(messages: readonly ChatMessage[]): ChatMessage[] {
  return messages.map(({ toolCalls, ...message }) =>
    toolCalls ? { ...message, content: withCalls(message.content, toolCalls) } : message,
  );
}

/**
 * The conversation for a template that shows no tool calls or no results: calls stand in the assistant's text as JSON, and the user tells
 * the results, all of a turn together with what they say next.
 */
export function foldTools(messages: readonly ChatMessage[]): ChatMessage[] {
  const names = new Map(messages.flatMap(({ toolCalls = [] }) => toolCalls.map(({ id, name }) => [id, name] as const)));
  const folded: ChatMessage[] = [];
  let told: string[] = [];
  const tellResults = () => {
    if (told.length > 0) folded.push({ role: "user", content: told.join("\n\n") });
    told = [];
  };
  for (const { toolCalls, toolCallId, ...message } of messages) {
    if (message.role === "tool") told.push(`Result of ${names.get(toolCallId ?? "") ?? "the tool"}:\n${message.content}`);
    else if (message.role === "user") {
      folded.push({ ...message, content: [...told, message.content].join("\n\n") });
      told = [];
    } else {
      tellResults();
      folded.push({ ...message, content: withCalls(message.content, toolCalls) });
    }
  }
  tellResults();
  return folded;
}

function withCalls(content: string, calls: readonly ToolCall[] = []): string {
  return [content, ...calls.map(written)].filter((text) => text !== "").join("\n");
}

function written({ name, arguments: text }: ToolCall): string {
  return JSON.stringify({ name, arguments: parseArguments(text) });
}
