import type { LlamaEmbeddingContext } from "node-llama-cpp";
import { LlmopsError } from "../../base/errors/llmops-error.js";
import { inputPlace } from "../openai/wire-embeddings.js";
import { setContextThreads } from "./context-threads.js";
import { isOutOfMemory, outOfMemory, type LoadedModel } from "./load-llama.js";
import type { StepThreads } from "./step-threads.js";

/** Embeddings of the model, through a context of their own that is made on the first use. */
export class Embedder {
  private readonly loaded: LoadedModel;
  private readonly threads: StepThreads;
  private context: Promise<LlamaEmbeddingContext> | undefined;

  constructor(loaded: LoadedModel, threads: StepThreads) {
    this.loaded = loaded;
    this.threads = threads;
  }

  /** One vector of length 1 (Euclidean, as OpenAI's are) for every list of tokens. Throws CONTEXT_LENGTH_EXCEEDED. */
  async embed(inputs: readonly (readonly number[])[], { signal }: { signal?: AbortSignal } = {}): Promise<number[][]> {
    const { contextSize } = this.loaded;
    const long = inputs.findIndex((tokens) => tokens.length > contextSize);
    if (long !== -1) {
      throw new LlmopsError(
        "CONTEXT_LENGTH_EXCEEDED",
        `An input of ${inputs[long]?.length ?? 0} tokens is too large for the context of ${contextSize}.`,
        {
          hint: "Split the text.",
          param: inputPlace(long, inputs.length),
        },
      );
    }
    const context = await this.openContext();
    const vectors: number[][] = [];
    for (const tokens of inputs) {
      signal?.throwIfAborted();
      vectors.push(toUnitLength(await this.evaluate(context, tokens)));
    }
    return vectors;
  }

  private async evaluate(context: LlamaEmbeddingContext, tokens: readonly number[]): Promise<readonly number[]> {
    const threads = this.threads.next(tokens.length);
    setContextThreads(context, threads);
    const begun = performance.now();
    const { vector } = await context.getEmbeddingFor(tokens as never);
    this.threads.record(tokens.length, threads, performance.now() - begun);
    return vector;
  }

  /** Made once; a failure is not kept, so that a later request may find memory again. */
  private async openContext(): Promise<LlamaEmbeddingContext> {
    const { contextSize, model } = this.loaded;
    this.context ??= model.createEmbeddingContext({ contextSize, batchSize: contextSize });
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
