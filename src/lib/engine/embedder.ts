import type { LlamaEmbeddingContext } from "node-llama-cpp";
import { LlmopsError } from "../errors/llmops-error.js";
import type { EngineOptions } from "./engine-options.js";
import { isOutOfMemory, outOfMemory, type LoadedModel } from "./load-llama.js";

/** Embeddings of the model, through a context of their own that is made on the first use. */
export class Embedder {
  private readonly loaded: LoadedModel;
  private readonly options: EngineOptions;
  private context: Promise<LlamaEmbeddingContext> | undefined;

  constructor(loaded: LoadedModel, options: EngineOptions) {
    this.loaded = loaded;
    this.options = options;
  }

  /** One vector of length 1 (Euclidean, as OpenAI's are) for every list of tokens. Throws CONTEXT_LENGTH_EXCEEDED. */
  async embed(inputs: readonly (readonly number[])[], { signal }: { signal?: AbortSignal } = {}): Promise<number[][]> {
    const { contextSize } = this.loaded;
    const long = inputs.find((tokens) => tokens.length > contextSize);
    if (long) {
      throw new LlmopsError("CONTEXT_LENGTH_EXCEEDED", `An input has ${long.length} tokens, but the context holds ${contextSize}.`, {
        hint: "Split the text.",
        param: "input",
      });
    }
    const context = await this.openContext();
    const vectors: number[][] = [];
    for (const tokens of inputs) {
      signal?.throwIfAborted();
      const { vector } = await context.getEmbeddingFor(tokens as never);
      vectors.push(toUnitLength(vector));
    }
    return vectors;
  }

  /** Made once; a failure is not kept, so that a later request may find memory again. */
  private async openContext(): Promise<LlamaEmbeddingContext> {
    const { contextSize, model } = this.loaded;
    const { threads } = this.options;
    this.context ??= model.createEmbeddingContext({ contextSize, batchSize: contextSize, ...(threads === undefined ? {} : { threads }) });
    try {
      return await this.context;
    } catch (cause) {
      this.context = undefined;
      throw isOutOfMemory(cause) ? outOfMemory(cause) : cause;
    }
  }
}

function toUnitLength(vector: readonly number[]): number[] {
  const length = Math.hypot(...vector);
  return length === 0 ? [...vector] : vector.map((value) => value / length);
}
