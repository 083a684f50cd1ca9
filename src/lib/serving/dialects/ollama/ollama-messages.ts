import type { JsonObject } from "../../../inference/openai/json-object.js";
import type { MessageParam } from "./ollama-body.js";

interface OpenCall {
  id: string;
  name: string;
}

/** Messages as chats have them. Calls have no ids in Ollama's: results answer the open call of their tool's name, or the first that is open. */
export function toChatMessages(messages: readonly MessageParam[]): JsonObject[] {
  const open: OpenCall[] = [];
  let calls = 0;
  return messages.map((message) => {
    const { role, content, thinking, tool_calls: called = [] } = message;
    if (role === "tool") return resultOf(message, open);
    if (role !== "assistant") return { role, content: content ?? "" };
    const made = (called ?? []).map(({ id, function: { name, arguments: input } }) => {
      const own = id ?? `call_${calls++}`;
      open.push({ id: own, name });
      return { id: own, type: "function", function: { name, arguments: JSON.stringify(input) } };
    });
    return {
      ...{ role, content: content ?? "" },
      ...(thinking && { reasoning_content: thinking }),
      ...(made.length > 0 && { tool_calls: made }),
    };
  });
}

function resultOf({ content, tool_name: name, tool_call_id: id }: MessageParam, open: OpenCall[]): JsonObject {
  const isAnswered = (call: OpenCall) => (id ? call.id === id : call.name === name);
  const at = Math.max(0, open.findIndex(isAnswered));
  const [call] = open.splice(at, 1);
  return { role: "tool", content: content ?? "", tool_call_id: id ?? call?.id ?? "call_0", ...(name && { name }) };
}
