import type { JsonObject } from "../../../inference/openai/json-object.js";
import type { Content, Item } from "./input-items.js";
import { openThoughts } from "./thought-seal.js";

type Of<Type extends string> = Extract<Item, { type: Type }>;

/** One turn of the assistant, as the chat API has it: what it thought, said and called. */
interface Turn {
  thoughts: string[];
  texts: string[];
  calls: object[];
}

/** The items of a conversation as messages of the chat API. References have been replaced by what they refer to. */
export function toMessages(items: readonly Item[]): JsonObject[] {
  const list = new MessageList();
  for (const item of items) list.add(item);
  return list.end();
}

/** Puts together what the Responses API has apart: thoughts, text and calls of one turn are one message of the chat API. */
class MessageList {
  private readonly messages: JsonObject[] = [];
  private turn: Turn | undefined;

  add(item: Item): void {
    if (item.type === "function_call") return void this.turnWithout().calls.push(toCall(item));
    if (item.type === "reasoning") return void this.turnWithout("texts", "calls").thoughts.push(thoughtsOf(item));
    if (item.type === "function_call_output") return this.say({ role: "tool", tool_call_id: item.call_id, content: textOf(item.output) });
    if (item.type === "item_reference") throw new TypeError("a reference has to be replaced first");
    if (item.role !== "assistant") return this.say({ role: item.role, content: textOf(item.content) });
    this.turnWithout("texts", "calls").texts.push(textOf(item.content));
  }

  end(): JsonObject[] {
    this.closeTurn();
    return this.messages;
  }

  private say(message: JsonObject): void {
    this.closeTurn();
    this.messages.push(message);
  }

  /** The turn of the assistant that goes on; a new one where it has any of these already, which would come after what is added. */
  private turnWithout(...parts: (keyof Turn)[]): Turn {
    if (this.turn && parts.some((part) => this.turn?.[part].length)) this.closeTurn();
    return (this.turn ??= { thoughts: [], texts: [], calls: [] });
  }

  private closeTurn(): void {
    if (!this.turn) return;
    const { thoughts, texts, calls } = this.turn;
    this.turn = undefined;
    if (thoughts.join("") === "" && texts.length === 0 && calls.length === 0) return;
    this.messages.push({
      role: "assistant",
      content: texts.length === 0 && calls.length > 0 ? null : texts.join(""),
      ...(thoughts.join("") !== "" && { reasoning_content: thoughts.join("\n") }),
      ...(calls.length > 0 && { tool_calls: calls }),
    });
  }
}

function toCall({ call_id: id, name, arguments: text }: Of<"function_call">): object {
  return { id, type: "function", function: { name, arguments: text } };
}

/** What was thought in full where that is there, or its summary. */
function thoughtsOf({ content, summary, encrypted_content: sealed }: Of<"reasoning">): string {
  const opened = typeof sealed === "string" ? openThoughts(sealed) : undefined;
  if (opened !== undefined) return opened;
  const parts = content && content.length > 0 ? content : (summary ?? []);
  return parts.map(({ text }) => text).join("\n");
}

function textOf(content: Content): string {
  if (typeof content === "string") return content;
  return content.map((part) => (part.type === "refusal" ? part.refusal : part.text)).join("");
}
