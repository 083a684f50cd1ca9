import type { ChatMessage, Tool } from "../../openai/completion.js";
import type { ChatFormat } from "./format.js";
import { writeCalls } from "./write-calls.js";

const EXAMPLE = { name: "NAME", arguments: '{"ARGUMENT":"VALUE"}' };

/**
 * The messages for a model whose template shows no tools, or of which nobody knows how it was trained to call them: the tools, and how
 * they are called, stand in the system's message.
 */
export function listTools(messages: readonly ChatMessage[], tools: readonly Tool[], format: ChatFormat): readonly ChatMessage[] {
  if (tools.length === 0) return messages;
  const text = instruction(tools, format);
  const [first, ...rest] = messages;
  if (first?.role === "system" || first?.role === "developer") return [{ ...first, content: `${first.content}\n\n${text}` }, ...rest];
  return [{ role: "system", content: text }, ...messages];
}

function instruction(tools: readonly Tool[], format: ChatFormat): string {
  const listed = tools.map(({ name, description, parameters }) => JSON.stringify({ name, description, parameters }));
  return [
    "You can call these tools; each line has the name, what it does, and the JSON schema of its arguments:",
    ...listed,
    "To call one, answer with nothing but this, with the name and the arguments in place:",
    writeCalls([EXAMPLE], format),
    "Answer in plain text where no tool is needed. The results come with the next message.",
  ].join("\n");
}
