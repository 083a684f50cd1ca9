import type { LlamaEmbeddingContext } from "node-llama-cpp";
import { LlmopsError } from "../errors/llmops-error.js";
import type { EngineOptions } from "./engine-options.js";
import type { LoadedModel } from "./load-llama.js";

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
    this.context ??= this.createContext();
    const context = await this.context;
    const vectors: number[][] = [];
    for (const tokens of inputs) {
      signal?.throwIfAborted();
      const { vector } = await context.getEmbeddingFor(tokens as never);
      vectors.push(toUnitLength(vector));
    }
    return vectors;
  }

  private createContext(): Promise<LlamaEmbeddingContext> {
    const { contextSize, model } = this.loaded;
    return model.createEmbeddingContext({
      contextSize,
      batchSize: contextSize,
      ...(this.options.threads === undefined ? {} : { threads: this.options.threads }),
    });
  }
}

function toUnitLength(vector: readonly number[]): number[] {
  const length = Math.hypot(...vector);
  return length === 0 ? [...vector] : vector.map((value) => value / length);
}
