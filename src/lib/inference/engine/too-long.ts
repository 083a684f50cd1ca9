import { LlmopsError } from "../../base/errors/llmops-error.js";
import type { CompletionRequest } from "../openai/completion.js";

/** The error for a prompt, and what was asked for beside it, that the context cannot hold. */
export function tooLong(promptTokens: number | string, { maxTokens, ...request }: CompletionRequest, contextSize: number): LlmopsError {
  const asked = maxTokens === undefined ? "" : ` and ${maxTokens} for the completion (max_tokens)`;
  const message = `The prompt has ${promptTokens} tokens${asked}, but the context holds ${contextSize}.`;
  return new LlmopsError("CONTEXT_LENGTH_EXCEEDED", message, {
    hint: "Shorten the prompt or lower max_tokens.",
    param: "messages" in request ? "messages" : "prompt",
  });
}
