import type { JsonObject } from "../../inference/openai/json-object.js";
import type { LlmopsError } from "../../base/errors/llmops-error.js";
import type { StreamFormat } from "../dialects/translation.js";
import { toErrorBody } from "./error-body.js";

/** Beside the error of a stream, for clients that look at choices only. */
const BROKEN_OFF = { choices: [{ index: 0, delta: {}, finish_reason: "error" }] };

/**
 * OpenAI's server-sent events: "data: {json}" each, then "data: [DONE]". A stream that an error ends has an event with an `error` object,
 * and "[DONE]" does not follow: only an answer that is whole ends with it.
 */
export const OPENAI_EVENTS: StreamFormat = {
  contentType: "text/event-stream; charset=utf-8",
  event: (event: JsonObject) => `data: ${JSON.stringify(event)}\n\n`,
  end: () => "data: [DONE]\n\n",
  error: (error: LlmopsError, requestId: string) => `data: ${JSON.stringify({ ...toErrorBody(error, requestId), ...BROKEN_OFF })}\n\n`,
};
