import { z } from "zod";
import { LlmopsError } from "../../../base/errors/llmops-error.js";
import { asObject, type JsonObject } from "../../../inference/openai/json-object.js";
import type { Translation } from "../translation.js";
import { itemSchema, type Content, type Item } from "./input-items.js";
import type { KeptResponse } from "./kept-responses.js";
import { newId } from "./new-id.js";
import { outputOf, type ThoughtStyle } from "./output-items.js";
import type { ResponsesRequest } from "./request-schema.js";
import { endOf, ResponseHead } from "./response.js";
import { ResponseStream } from "./response-stream.js";
import { itemsOf, parseResponsesRequest, RESPONSES_NAMES, toChatBody } from "./to-chat.js";

/** The responses that a caller may refer to. */
export interface ResponseMemory {
  /** A response with all it continues; undefined where it, or one of those, is not there. */
  conversation(id: string): readonly KeptResponse[] | undefined;
  findItem(id: string): JsonObject | undefined;
  keep(kept: KeptResponse): void;
}

const PREFIXES = { message: "msg", function_call: "fc", function_call_output: "fco", reasoning: "rs" } as const;
const keptItems = z.array(itemSchema);

/**
 * A request of the Responses API for the chat API. Throws INVALID_ARGUMENT, UNSUPPORTED_PARAMETER and PREVIOUS_RESPONSE_NOT_FOUND, naming
 * the field.
 */
export function translateResponses(sent: JsonObject, memory: ResponseMemory): Translation {
  const { request, input, body } = readRequest(sent, memory);
  const head = new ResponseHead(request);
  const style: ThoughtStyle = {
    asSummary: (request.reasoning?.summary ?? request.reasoning?.generate_summary ?? undefined) !== undefined,
    sealed: request.include?.includes("reasoning.encrypted_content") ?? false,
  };
  const keep = (response: JsonObject) => {
    if (request.store ?? true) memory.keep({ response, input });
  };
  return {
    path: "/v1/chat/completions",
    body,
    names: RESPONSES_NAMES,
    toAnswer: (answer) => {
      const choice = asObject((answer["choices"] as unknown[] | undefined)?.[0]) ?? {};
      const response = head.show(endOf(choice["finish_reason"]), outputOf(choice, style), answer, { usage: answer["usage"] });
      keep(response);
      return response;
    },
    stream: () => new ResponseStream({ head, style, keep }),
  };
}

/** The body of the chat API whose prompt a request has: for counting its tokens. Throws what `translateResponses` throws. */
export function promptBodyOf(sent: JsonObject, memory: ResponseMemory): JsonObject {
  return readRequest(sent, memory).body;
}

function readRequest(sent: JsonObject, memory: ResponseMemory): { request: ResponsesRequest; input: JsonObject[]; body: JsonObject } {
  const request = parseResponsesRequest(sent);
  const items = itemsOf(request).map((item, index) => dereference(item, index, memory));
  const input = items.map(toKept);
  return { request, input, body: toChatBody(request, [...earlierItems(request, memory), ...items], sent) };
}

/** The conversation that a request continues. */
function earlierItems({ previous_response_id: id }: ResponsesRequest, memory: ResponseMemory): Item[] {
  if (typeof id !== "string") return [];
  const turns = memory.conversation(id);
  if (turns) return keptItems.parse(turns.flatMap(({ response, input }) => [...input, ...(response["output"] as JsonObject[])]));
  throw new LlmopsError("PREVIOUS_RESPONSE_NOT_FOUND", `The response ${JSON.stringify(id.slice(0, 80))} is not kept here.`, {
    param: "previous_response_id",
    hint: "Send the whole conversation as input: responses are kept in memory, the latest ones, for the key they were made with.",
  });
}

function dereference(item: Item, index: number, memory: ResponseMemory): Item {
  if (item.type !== "item_reference") return item;
  const found = memory.findItem(item.id);
  if (found) return itemSchema.parse(found);
  throw new LlmopsError("INVALID_ARGUMENT", `input[${index}]: the item ${JSON.stringify(item.id.slice(0, 80))} is not kept here.`, {
    param: `input[${index}].id`,
    hint: "Send the item itself, or store: false from the start where the client then sends whole items.",
  });
}

/** An item as it is kept and listed: with an id, and its content in parts. */
function toKept(item: Item): JsonObject {
  if (item.type === "item_reference") throw new TypeError("a reference has to be replaced first");
  const { type = "message", ...members } = item;
  const kept = { ...members, id: item.id ?? newId(PREFIXES[type]), type, status: item.status ?? "completed" };
  return "content" in item && "role" in item ? { ...kept, content: partsOf(item.content, item.role) } : kept;
}

function partsOf(content: Content, role: string): readonly JsonObject[] {
  if (typeof content !== "string") return content;
  return [role === "assistant" ? { type: "output_text", text: content, annotations: [] } : { type: "input_text", text: content }];
}
