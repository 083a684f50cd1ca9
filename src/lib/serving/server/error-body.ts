import { ERROR_CODES } from "../../base/errors/codes.js";
import type { LlmopsError } from "../../base/errors/llmops-error.js";
import { errorText } from "../dialects/error-text.js";

/** OpenAI's error shape, with the request's id beside it. */
export function toErrorBody(error: LlmopsError, requestId: string): object {
  const { type } = ERROR_CODES[error.code];
  return { error: { message: errorText(error), type, param: error.param ?? null, code: error.code.toLowerCase() }, request_id: requestId };
}
