import { z } from "zod";
import type { LlmopsError } from "../../../base/errors/llmops-error.js";
import { errorText } from "../error-text.js";

/** Anthropic's kinds of errors by the status they come with, as platform.claude.com/docs/en/api/errors has them. */
const TYPES: Readonly<Record<number, string>> = {
  401: "authentication_error",
  403: "permission_error",
  404: "not_found_error",
  408: "timeout_error",
  413: "request_too_large",
  429: "rate_limit_error",
  503: "overloaded_error",
};

/** An error in Anthropic's shape. */
export const anthropicErrorSchema = z.object({
  type: z.literal("error"),
  error: z.object({
    ...{ type: z.string(), message: z.string() },
    details: z.object({ error_code: z.string(), unsupported: z.array(z.string()) }).optional(),
  }),
  request_id: z.string(),
});

/** An error in Anthropic's shape, with the request's id. */
export function toAnthropicError(error: LlmopsError, requestId: string): z.output<typeof anthropicErrorSchema> {
  const { httpStatus: status } = error;
  const type = TYPES[status] ?? (status < 500 ? "invalid_request_error" : "api_error");
  // clients that would have a conversation kept send the whole of it when they read this
  const details = error.param === "thread" ? { error_code: "thread_unsupported_request", unsupported: ["thread"] } : undefined;
  return { type: "error", error: { type, message: errorText(error), ...(details && { details }) }, request_id: requestId };
}
