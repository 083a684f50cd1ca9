import type { EngineState } from "../engine/engine-options.js";
import type { ChatRequest, TextRequest } from "../openai/completion.js";
import type { CompletionTarget } from "../openai/completion-target.js";

/** What the server needs of the model it serves: the engine has all of it. */
export interface ServedModel extends CompletionTarget {
  readonly architecture: string;
  /** Tokens a prompt and its completion can have together. */
  readonly contextSize: number;
  readonly state: EngineState;
  tokenize(text: string, options?: { special?: boolean }): number[];
  tokenizeRequest(request: ChatRequest | TextRequest): readonly number[];
  detokenize(tokens: readonly number[], options?: { special?: boolean }): string;
  /** One vector of length 1 for every list of tokens. */
  embed(inputs: readonly (readonly number[])[], options?: { signal?: AbortSignal }): Promise<number[][]>;
}
