import { ERROR_CODES } from "../../base/errors/codes.js";
import type { LlmopsError } from "../../base/errors/llmops-error.js";

/** OpenAI's error shape, with the request's id beside it. */
export function toErrorBody(error: LlmopsError, requestId: string): object {
  const { type } = ERROR_CODES[error.code];
  const message = error.hint === undefined ? error.message : `${error.message} ${error.hint}`;
  return { error: { message, type, param: error.param ?? null, code: error.code.toLowerCase() }, request_id: requestId };
}
