import { LlmopsError } from "../../base/errors/llmops-error.js";
import type { ChatRequest } from "../../inference/openai/completion.js";
import { asObject, parseObject, type JsonObject } from "../../inference/openai/json-object.js";
import { formatFields, openaiFormat } from "../../inference/openai/wire-format.js";

/** Those that need nothing beside their name. */
const NAMED = ["json_object", "text"];

/** A response_format as JSON, or the name of one. Throws INVALID_ARGUMENT. */
export function readResponseFormat(text: string): JsonObject {
  const name = text.trim();
  if (NAMED.includes(name)) return { type: name };
  const format = parseObject(text);
  if (format && typeof format["type"] === "string" && isWhole(format)) return format;
  throw new LlmopsError("INVALID_ARGUMENT", `response_format = ${text.slice(0, 80)} is not the format of an answer.`, {
    hint: `Write json_object, text, or JSON such as '{"type": "json_schema", "json_schema": {"name": "answer", "schema": {"type": "object"}}}'.`,
  });
}

/**
 * What a setting adds to a request beside sampling: the format of the answer, which a model in this process is held to and an endpoint
 * gets as it was written, and the other name of the longest completion, which an endpoint gets then and no other.
 */
export function requestMembers(setting: Readonly<Record<string, number | string>>): Pick<ChatRequest, "responseFormat" | "extra"> {
  const { response_format: written, max_completion_tokens: limit } = setting;
  const format = written === undefined ? undefined : readResponseFormat(String(written));
  const extra = {
    ...(format && { response_format: format }),
    ...(limit !== undefined && { max_tokens: null, max_completion_tokens: limit }),
  };
  return { ...toOwnFormat(format), ...(Object.keys(extra).length > 0 && { extra }) };
}

/** A format that this program does not know is left to endpoints, which may. */
function toOwnFormat(format: JsonObject | undefined): Pick<ChatRequest, "responseFormat"> {
  const known = formatFields.response_format.safeParse(format);
  const responseFormat = known.success ? openaiFormat(known.data) : undefined;
  return responseFormat ? { responseFormat } : {};
}

function isWhole(format: JsonObject): boolean {
  return format["type"] !== "json_schema" || asObject(asObject(format["json_schema"])?.["schema"] ?? format["schema"]) !== undefined;
}
