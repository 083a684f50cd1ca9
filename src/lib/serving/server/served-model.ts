import type { EngineFacts, EngineState, GpuMemory, SlotState } from "../../inference/engine/engine-options.js";
import type { TemplateFacts, VocabularyFacts } from "../../inference/engine/model-description.js";
import type { ThreadState } from "../../inference/engine/step-threads.js";
import type { ChatRequest, TextRequest } from "../../inference/openai/completion.js";
import type { LocalModel } from "../../inference/gateway/local-provider.js";

/** What the server needs of a model it serves itself: the engine has all of it. */
export interface ServedModel extends LocalModel {
  readonly facts: EngineFacts;
  /** Tokens a prompt and its completion can have together. */
  readonly contextSize: number;
  readonly state: EngineState;
  readonly slotStates: readonly SlotState[];
  readonly vocabulary: VocabularyFacts;
  readonly chatTemplate: TemplateFacts;
  /** Hears now and then when steps get other compute threads. */
  onThreads(listener: (state: ThreadState) => void): void;
  /** The tokens of a prompt, found in slices; with `fits` what surely exceeds the context is refused before. */
  tokenizeRequest(request: ChatRequest | TextRequest, options?: { fits?: boolean }): Promise<readonly number[]>;
  /** The prompt of a request that was answered, as the model was given it. */
  promptText(request: ChatRequest | TextRequest): string;
  /** The bytes of a token in a text; the name of a control token. */
  bytesOf(token: number): Uint8Array;
  detokenize(tokens: readonly number[], options?: { special?: boolean }): string;
  /** Undefined without a graphics card. */
  gpuMemory(): Promise<GpuMemory | undefined>;
}
