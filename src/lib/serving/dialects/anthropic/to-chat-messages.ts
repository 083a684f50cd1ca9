import type { JsonObject } from "../../../inference/openai/json-object.js";
import { blocksOf, type AssistantContent, type TextContent, type UserContent } from "./message-blocks.js";
import type { MessageParam } from "./messages-body.js";

interface ChatTurn extends JsonObject {
  role: "system" | "user" | "assistant" | "tool";
  content: string;
  reasoning_content?: string;
  tool_calls?: JsonObject[];
}

/**
 * A conversation as chats have it: results of tools become messages of their own, before the text they came with, and turns of one role
 * after another become one.
 */
export function toChatMessages(system: TextContent | null | undefined, messages: readonly MessageParam[]): JsonObject[] {
  const prompt = system ? systemText(system) : "";
  const turns: ChatTurn[] = prompt === "" ? [] : [{ role: "system", content: prompt }];
  for (const turn of messages.flatMap(toTurns)) {
    const last = turns.at(-1);
    if (last && last.role === turn.role && (turn.role === "user" || turn.role === "assistant")) turns.splice(-1, 1, joined(last, turn));
    else turns.push(turn);
  }
  return turns;
}

/** Claude Code begins system prompts with a line for Anthropic's billing that is another with every request: nothing could be reused after it. */
const BILLING = /^x-anthropic-billing-header:/;

function systemText(system: TextContent): string {
  return linesOf(blocksOf(system).filter(({ text }) => !BILLING.test(text)));
}

/** Blocks are paragraphs of their own. */
function linesOf(blocks: readonly { text: string }[]): string {
  return blocks.map(({ text }) => text).join("\n");
}

function toTurns(message: MessageParam): ChatTurn[] {
  if (message.role === "system") return [{ role: "system", content: linesOf(blocksOf(message.content)) }];
  return message.role === "user" ? userTurns(message.content) : [assistantTurn(message.content)];
}

function userTurns(content: UserContent): ChatTurn[] {
  const blocks = blocksOf(content);
  const results = blocks.flatMap((block) => (block.type === "tool_result" ? [resultTurn(block)] : []));
  const texts = blocks.flatMap((block) => (block.type === "text" ? [block] : []));
  // results answer the calls before them
  return texts.length === 0 && results.length > 0 ? results : [...results, { role: "user", content: linesOf(texts) }];
}

type ToolResult = Extract<Exclude<UserContent, string>[number], { type: "tool_result" }>;

function resultTurn({ tool_use_id: id, content, is_error: isError }: ToolResult): ChatTurn {
  const text = linesOf(blocksOf(content ?? ""));
  // chats have no field for it
  const told = isError === true && !/^\W*error/i.test(text) ? `Error: ${text}` : text;
  return { role: "tool", tool_call_id: id, content: told };
}

/** Text blocks of an answer are pieces of one text. */
function assistantTurn(content: AssistantContent): ChatTurn {
  const blocks = blocksOf(content);
  const text = blocks.map((block) => (block.type === "text" ? block.text : "")).join("");
  const thoughts = blocks.flatMap((block) => (block.type === "thinking" ? [block.thinking] : []));
  const calls = blocks.flatMap((block) => (block.type === "tool_use" ? [toCall(block)] : []));
  return {
    ...{ role: "assistant", content: text },
    ...(thoughts.length > 0 && { reasoning_content: thoughts.join("\n") }),
    ...(calls.length > 0 && { tool_calls: calls }),
  };
}

function toCall({ id, name, input }: { id: string; name: string; input: JsonObject }): JsonObject {
  return { id, type: "function", function: { name, arguments: JSON.stringify(input) } };
}

function joined(first: ChatTurn, second: ChatTurn): ChatTurn {
  const between = first.role === "user" ? "\n" : "";
  const thoughts = [first, second].flatMap(({ reasoning_content: thought }) => thought ?? []);
  const calls = [first, second].flatMap(({ tool_calls: own }) => own ?? []);
  return {
    ...{ role: first.role, content: `${first.content}${between}${second.content}` },
    ...(thoughts.length > 0 && { reasoning_content: thoughts.join("\n") }),
    ...(calls.length > 0 && { tool_calls: calls }),
  };
}
