import { LlmopsError } from "../errors/llmops-error.js";
import type { Chunk, Completion, CompletionRequest } from "./completion.js";

/** What answers completion requests: the engine in this process, or an OpenAI-compatible endpoint. */
export interface CompletionTarget {
  /** The model's name as results show it. */
  readonly model: string;
  /** Where it runs: a file path or a URL. */
  readonly location: string;
  /** Streams one completion. Stops the work when the signal aborts or the caller stops reading. */
  complete(request: CompletionRequest, options?: { signal?: AbortSignal }): AsyncIterable<Chunk>;
  /** Frees what the target holds; running completions end first or are aborted. */
  close(): Promise<void>;
}

/** Reads a whole completion and times it. Throws what the target throws. */
export async function collectCompletion(
  target: CompletionTarget,
  request: CompletionRequest,
  options: { signal?: AbortSignal } = {},
): Promise<Completion> {
  const start = performance.now();
  let firstTokenMs: number | undefined;
  let text = "";
  for await (const chunk of target.complete(request, options)) {
    const now = performance.now() - start;
    if (chunk.type === "text") {
      firstTokenMs ??= now;
      text += chunk.text;
      continue;
    }
    const { reason: finishReason, usage } = chunk;
    return { text, finishReason, usage, timing: { firstTokenMs: firstTokenMs ?? now, totalMs: now } };
  }
  throw new LlmopsError("ENDPOINT_ERROR", `${target.location} ended the answer without a finish reason.`, {
    hint: "The connection may have been cut; try again.",
  });
}
