import type { Call, JsonObject } from "../../inference/gateway/call.js";
import type { ChatRequest, TextRequest } from "../../inference/openai/completion.js";
import { parseChatRequest } from "../../inference/openai/wire-chat.js";
import { parseTextRequest } from "../../inference/openai/wire-text.js";
import type { ServedModel } from "./served-model.js";
import type { Service } from "./service.js";

/** The prompt as the model was given it; for a model elsewhere, whose template is not known here, the messages with their roles. */
export function promptText(service: Service, call: Call): string {
  const local = service.loadedFor(call);
  if (!local) return messagesText(call);
  try {
    return parseRequests(call)
      .map((request) => local.promptText(request))
      .join("");
  } catch {
    return messagesText(call); // refused by this model: tracked as the client sent it
  }
}

/** The tokens of a call's prompts by a model of this process. Throws what parsing the body throws, and CONTEXT_LENGTH_EXCEEDED for one that surely is too long. */
export async function promptTokens(local: ServedModel, call: Call): Promise<readonly number[]> {
  const lists: (readonly number[])[] = [];
  for (const request of parseRequests(call)) lists.push(await local.tokenizeRequest(request, { fits: true }));
  return lists.flat();
}

function parseRequests({ path, body }: Call): (ChatRequest | TextRequest)[] {
  return path === "/v1/completions" ? parseTextRequest(body).completions : [parseChatRequest(body).completion];
}

function messagesText({ body }: Call): string {
  const { prompt, messages } = body;
  if (!Array.isArray(messages)) return typeof prompt === "string" ? prompt : JSON.stringify(prompt ?? body);
  const lines = (messages as JsonObject[]).map(
    ({ role, content }) => `${String(role)}: ${typeof content === "string" ? content : JSON.stringify(content)}`,
  );
  return lines.join("\n");
}
