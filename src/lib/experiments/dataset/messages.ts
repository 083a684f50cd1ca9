import type { ChatMessage, ToolCall } from "../../inference/openai/completion.js";
import { invalidDataset } from "./invalid-dataset.js";

/** A conversation that is to be continued, and how it was continued where the row says so. */
export interface Conversation {
  messages: ChatMessage[];
  /** What the last user message says. */
  question: string;
  /** The assistant's last words, which are not part of `messages`. */
  reference: string | undefined;
}

/** Roles as OpenAI and ShareGPT name them. */
const ROLES: Readonly<Record<string, ChatMessage["role"]>> = {
  ...{ system: "system", developer: "developer", user: "user", assistant: "assistant", tool: "tool" },
  ...{ human: "user", gpt: "assistant", model: "assistant", bot: "assistant", chatgpt: "assistant", function: "tool" },
};
const HINT = 'Messages are like [{"role": "user", "content": "..."}], or {"from": "human", "value": "..."}.';

type Turn = Readonly<Record<string, unknown>>;

/** True for a list of messages, as OpenAI ({role, content}) or ShareGPT ({from, value}) has them. */
export function isConversation(value: unknown): value is Turn[] {
  if (!Array.isArray(value) || value.length === 0) return false;
  return value.every((turn: unknown) => isTurn(turn));
}

/**
 * Reads messages. What stands after the last user (or tool) message is the reference, and is not sent. Throws DATASET_INVALID
 * naming the place for roles nobody knows, content that is not text, and conversations without a user.
 */
export function readConversation(turns: readonly Turn[], place: string): Conversation {
  const messages = turns.map((turn, i) => toMessage(turn, `${place}: message ${i + 1}`));
  const asked = messages.findLastIndex(({ role }) => role === "user" || role === "tool");
  const question = messages.findLast(({ role }) => role === "user")?.content;
  if (asked < 0 || question === undefined) throw invalidDataset(`${place}: no message of a user.`, HINT);
  if (question.trim() === "") throw invalidDataset(`${place}: the last user message is empty.`, HINT);
  const reference = messages.slice(asked + 1).findLast(({ role, content }) => role === "assistant" && content.trim() !== "");
  return { messages: messages.slice(0, asked + 1), question, reference: reference?.content };
}

function isTurn(turn: unknown): turn is Turn {
  if (typeof turn !== "object" || turn === null) return false;
  return ("role" in turn && typeof turn.role === "string") || ("from" in turn && typeof turn.from === "string" && "value" in turn);
}

function toMessage(turn: Turn, place: string): ChatMessage {
  const written = String(turn["role"] ?? turn["from"]);
  const role = Object.hasOwn(ROLES, written.toLowerCase()) ? ROLES[written.toLowerCase()] : undefined;
  if (role === undefined) throw invalidDataset(`${place}: the role "${written}" is not known.`, `Roles: ${Object.keys(ROLES).join(", ")}.`);
  const toolCalls = readToolCalls(turn["tool_calls"], place);
  const id = turn["tool_call_id"];
  return {
    role,
    content: readContent(turn["content"] ?? turn["value"] ?? "", place),
    ...(toolCalls.length > 0 && { toolCalls }),
    ...(typeof id === "string" && { toolCallId: id }),
  };
}

function readContent(content: unknown, place: string): string {
  if (typeof content === "string") return content;
  if (typeof content === "number" || typeof content === "boolean") return String(content);
  if (!Array.isArray(content))
    throw invalidDataset(`${place}: content: expected text, found ${JSON.stringify(content).slice(0, 60)}.`, HINT);
  const parts = content.map((part: { type?: unknown; text?: unknown } | string | null) => {
    if (typeof part === "string") return part;
    if (part !== null && typeof part.text === "string") return part.text;
    throw invalidDataset(`${place}: content: a part of type ${JSON.stringify(part?.type)} is not text.`, "Only text is supported.");
  });
  return parts.join("\n");
}

function readToolCalls(calls: unknown, place: string): ToolCall[] {
  if (calls === undefined || calls === null) return [];
  const known = Array.isArray(calls) ? (calls as { id?: unknown; function?: { name?: unknown; arguments?: unknown } }[]) : undefined;
  if (!known) throw invalidDataset(`${place}: tool_calls is not a list.`, HINT);
  return known.map(({ id, function: called }) => {
    const { name, arguments: given } = called ?? {};
    if (typeof id !== "string" || typeof name !== "string" || typeof given !== "string") {
      throw invalidDataset(`${place}: tool_calls: expected id and function with name and arguments.`, HINT);
    }
    return { id, name, arguments: given };
  });
}
