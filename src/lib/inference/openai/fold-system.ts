import type { ChatMessage } from "./completion.js";

/**
 * The conversation for a model without a system role (Gemma 2, early Mistral): what a system message says stands at the beginning of
 * the user's next one. A system message that nothing follows becomes the user's.
 */
export function foldSystem(messages: readonly ChatMessage[]): ChatMessage[] {
  const folded: ChatMessage[] = [];
  let said: string[] = [];
  for (const message of messages) {
    if (isSystem(message)) said.push(message.content);
    else if (message.role === "user" && said.length > 0) {
      folded.push({ ...message, content: [...said, message.content].join("\n\n") });
      said = [];
    } else folded.push(message);
  }
  return said.length === 0 ? folded : [...folded, { role: "user", content: said.join("\n\n") }];
}

/** True for what a model without a system role cannot be told as it is. */
export function isSystem({ role }: ChatMessage): boolean {
  return role === "system" || role === "developer";
}
