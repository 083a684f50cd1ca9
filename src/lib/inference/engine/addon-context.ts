import type { LlamaContext, LlamaModel } from "node-llama-cpp";
import { LlmopsError } from "../../base/errors/llmops-error.js";
import type { AddonSampler } from "./native-sampler.js";

/**
 * The layer of node-llama-cpp below its public classes: one batch over several sequences, then one
 * sampled token for each. The public `sequence.evaluate()` costs several thread hops and promises a
 * token and cannot say which tokens share a batch. These members are not part of the package's
 * types, so its version is pinned; `openAddon` checks that they are all there.
 */
export interface AddonContext {
  initBatch(size: number): void;
  addToBatch(sequenceId: number, position: number, tokens: Uint32Array, logitIndexes: Uint32Array): Uint32Array;
  decodeBatch(): Promise<void>;
  sampleToken(logitIndex: number, sampler: AddonSampler): Promise<number>;
  sampleToken(logitIndex: number, sampler: AddonSampler, probabilities: true): Promise<[token: number, probabilities?: number[]]>;
  sampleToken(
    logitIndex: number,
    sampler: AddonSampler,
    probabilities: false,
    confidence: false,
    logits: [tokens: readonly number[], max: boolean, min: boolean, selected: boolean, top: number],
    totalLogitWeight: true,
  ): Promise<[token: number, probabilities: undefined, confidence: undefined, logits: number[], totalLogitWeight: number]>;
  disposeSequence(sequenceId: number): void;
  removeTokenCellsFromSequence(sequenceId: number, start: number, end: number): boolean;
  getSequenceKvCacheMinPosition(sequenceId: number): number;
  copySequenceStateFromOtherSequence(target: number, source: number): Promise<number>;
  setThreads(threads: number): void;
}

/** What the library knows of single tokens. */
export interface NativeVocabulary {
  /** llama.h, LLAMA_VOCAB_TYPE_*. */
  getVocabularyType(): number;
  getTokenString(token: number): string;
  /** llama.h, LLAMA_TOKEN_ATTR_*. */
  getTokenAttributes(token: number): number;
}

interface Internals {
  _ctx?: AddonContext;
  _model?: Partial<NativeVocabulary>;
  _state?: unknown;
  _llama?: { _bindings?: { AddonSampler?: new (model: object) => AddonSampler } };
}

const CONTEXT_MEMBERS = [
  "initBatch",
  "addToBatch",
  "decodeBatch",
  "sampleToken",
  "disposeSequence",
  "removeTokenCellsFromSequence",
  "getSequenceKvCacheMinPosition",
  "copySequenceStateFromOtherSequence",
  "setThreads",
] as const satisfies (keyof AddonContext)[];

/** What a context works with, as the addon has it. */
export interface AddonParts {
  context: AddonContext;
  model: object;
  AddonSampler: new (model: object) => AddonSampler;
}

/** The addon's parts of a model and a context. Throws MODEL_LOAD_FAILED when the installed node-llama-cpp has other internals than the pinned version. */
export function openAddon(model: LlamaModel, context: LlamaContext): AddonParts {
  const addonContext = (context as unknown as Internals)._ctx;
  const { _model: addonModel, _llama: llama } = model as unknown as Internals;
  const AddonSampler = llama?._bindings?.AddonSampler;
  const missing = CONTEXT_MEMBERS.filter((name) => typeof addonContext?.[name] !== "function");
  if (!addonContext || !addonModel || !AddonSampler || missing.length > 0) throw otherVersion(missing);
  return { context: addonContext, model: addonModel, AddonSampler };
}

const VOCABULARY_MEMBERS = ["getVocabularyType", "getTokenString", "getTokenAttributes"] as const satisfies (keyof NativeVocabulary)[];

/** The model's vocabulary. Throws MODEL_LOAD_FAILED when the installed node-llama-cpp has other internals than the pinned version. */
export function openVocabulary(model: LlamaModel): NativeVocabulary {
  const { _model: addonModel } = model as unknown as Internals;
  const missing = VOCABULARY_MEMBERS.filter((name) => typeof addonModel?.[name] !== "function");
  if (!addonModel || missing.length > 0) throw otherVersion(missing);
  return addonModel as NativeVocabulary;
}

/** The installed node-llama-cpp lacks members that are not part of its types. */
export function otherVersion(missing: readonly string[]): LlmopsError {
  const what = missing.length > 0 ? missing.join(", ") : "its addon objects";
  return new LlmopsError("MODEL_LOAD_FAILED", `The installed node-llama-cpp lacks ${what}.`, {
    hint: "Install the version that package.json pins: run `npm ci`.",
  });
}
