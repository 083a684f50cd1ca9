import type { Chunk, CompletionRequest } from "../../src/lib/openai/completion.js";
import type { CompletionTarget } from "../../src/lib/openai/completion-target.js";

/** A target whose answers a test writes down: for testing what drives a target, without a model. */
export function scriptedTarget(answer: (request: CompletionRequest, signal?: AbortSignal) => string | Promise<string>): CompletionTarget {
  return {
    model: "scripted",
    location: "memory",
    async *complete(request, { signal } = {}): AsyncGenerator<Chunk> {
      const text = await answer(request, signal);
      signal?.throwIfAborted();
      yield { type: "text", text };
      yield { type: "finish", reason: "stop", usage: { promptTokens: 1, completionTokens: text.split(" ").length } };
    },
    close: () => Promise.resolve(),
  };
}
