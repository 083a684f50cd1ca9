import type { ChatRequest, Chunk, FinishReason } from "../../src/lib/inference/openai/completion.js";
import type { CompletionTarget } from "../../src/lib/inference/openai/completion-target.js";

/** A target whose answers a test writes down: for testing what drives a target, without a model. */
export function scriptedTarget(
  answer: (request: ChatRequest, signal?: AbortSignal) => string | Promise<string>,
  reasonOf: (request: ChatRequest) => FinishReason = () => "stop",
): CompletionTarget {
  return {
    model: "scripted",
    location: "memory",
    async *complete(request, { signal } = {}): AsyncGenerator<Chunk> {
      if (!("messages" in request)) throw new Error("a scripted target answers chats");
      const text = await answer(request, signal);
      signal?.throwIfAborted();
      yield { type: "text", choice: 0, text };
      yield { type: "end", choice: 0, reason: reasonOf(request) };
      yield { type: "finish", usage: { promptTokens: 1, completionTokens: text.split(" ").length } };
    },
    close: () => Promise.resolve(),
  };
}
