import { LlmopsError } from "../../base/errors/llmops-error.js";
import type { ChatRequest, CompletionRequest } from "../openai/completion.js";

/** The error for a prompt, and what was asked for beside it, that the context cannot hold. */
export function tooLong(promptTokens: number | string, { maxTokens, ...request }: CompletionRequest, contextSize: number): LlmopsError {
  const asked = maxTokens === undefined ? "" : ` and ${maxTokens} for the completion (max_tokens)`;
  const message = `The prompt has ${promptTokens} tokens${asked}, but the context holds ${contextSize}.`;
  return new LlmopsError("CONTEXT_LENGTH_EXCEEDED", message, {
    hint: "Shorten the prompt or lower max_tokens.",
    param: "messages" in request ? "messages" : "prompt",
  });
}

/** The error of a request whose prompt has nothing to continue: the template that the request brings, or the model's own, prints none of these messages. */
export function emptyPrompt({ chatTemplate }: ChatRequest): LlmopsError {
  const [whose, param] = chatTemplate === undefined ? ["The model's chat template", "messages"] : ["chat_template", "chat_template"];
  return new LlmopsError("INVALID_ARGUMENT", `${whose} makes an empty prompt of these messages.`, {
    hint: "The operator can choose another template with --chat-template.",
    param,
  });
}
