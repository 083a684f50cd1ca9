import { LlmopsError } from "../../base/errors/llmops-error.js";
import type { ChatRequest, CompletionRequest } from "../openai/completion.js";

/** The error for a prompt that leaves no room for an answer in the context. */
export function tooLong(promptTokens: number | string, request: CompletionRequest, contextSize: number): LlmopsError {
  const fills = promptTokens === contextSize;
  // programs that shorten their prompts look for llama-server's words, which the second of these has
  const why = fills ? "leaves no room for an answer in a context of" : "exceeds the available context size of";
  const message = `The prompt has ${promptTokens} tokens, which ${why} ${contextSize}.`;
  return new LlmopsError("CONTEXT_LENGTH_EXCEEDED", message, {
    hint: "Shorten the prompt, or serve the model with a larger --ctx-size.",
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
