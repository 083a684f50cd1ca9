import { LlmopsError } from "../../base/errors/llmops-error.js";
import type { ChatMessage } from "../openai/completion.js";
import { isSystem } from "../openai/fold-system.js";
import type { TemplateError } from "./jinja/values.js";
import type { ChatPrompt } from "./chat-prompt.js";

/** The error of a request whose prompt a template does not render, with a hint where what is wrong can be seen. */
export function templateRefusal(cause: TemplateError, prompt: ChatPrompt): LlmopsError {
  const aboutTools = prompt.tools !== undefined && prompt.tools.length > 0 && /\btools?\b|\bfunctions?\b/i.test(cause.message);
  const what = aboutTools ? "these tools" : "these messages";
  const verb = cause.raised ? "refuses" : "cannot render";
  const hint = hintFor(prompt.messages);
  return new LlmopsError("INVALID_ARGUMENT", `The model's chat template ${verb} ${what}: ${cause.message}`, {
    ...(hint !== undefined && { hint }),
    param: aboutTools ? "tools" : "messages",
    cause,
  });
}

function hintFor(messages: readonly ChatMessage[]): string | undefined {
  if (messages.slice(1).some(isSystem)) return "Many templates want at most one system message, first.";
  const speakers = messages
    .filter((message) => !isSystem(message) && message.role !== "tool" && !message.toolCalls)
    .map(({ role }) => role);
  const takeTurns = speakers[0] !== "assistant" && speakers.every((role, i) => i === 0 || role !== speakers[i - 1]);
  if (!takeTurns && !messages.some(({ role }) => role === "tool"))
    return "Many templates want user and assistant to take turns, the user first.";
  if (messages.some(({ toolCalls }) => toolCalls !== undefined && toolCalls.length > 1)) {
    return "Some templates take one tool call in a message: ask with parallel_tool_calls: false.";
  }
  return undefined;
}
