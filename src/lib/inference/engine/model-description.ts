import { estimateMemory } from "../models/memory-estimate.js";
import { architectureOf, parameterCount, quantizationOf, vocabularySize } from "../models/model-facts.js";
import type { ModelFile } from "../models/model-file.js";
import type { ChatTemplates } from "../chat/chat-templates.js";
import type { EngineFacts } from "./engine-options.js";
import type { LoadedModel } from "./load-llama.js";

/** What clients that count tokens themselves ask of a model. */
export interface VocabularyFacts {
  /** Tokens in it. */
  size: number;
  /** How texts are split, by llama.cpp's name: "gpt2" (byte pairs), "llama" (SentencePiece), "bert", ... */
  model: string;
  /** Prompts begin with the first of these tokens. */
  addsBos: boolean;
  bosToken: string | undefined;
  eosToken: string | undefined;
  padToken: string | undefined;
  unknownToken: string | undefined;
}

/** The chat template that prompts without tools are rendered with, and what it shows of a conversation. */
export interface TemplateFacts {
  /** As Jinja. */
  source: string;
  shows: { system: boolean; tools: boolean; toolCalls: boolean; toolResults: boolean; thoughts: boolean };
  /** Contents have to be lists of parts. */
  takesParts: boolean;
  /** Arguments of calls have to be objects, not JSON text. */
  takesObjects: boolean;
}

/** The model as it was loaded. */
export function engineFacts({ header, sizeBytes }: ModelFile, memoryBytes: number): EngineFacts {
  return {
    architecture: architectureOf(header),
    parameters: parameterCount(header),
    quantization: quantizationOf(header),
    fileBytes: sizeBytes,
    memoryBytes,
  };
}

/** Bytes of cache that a slot has, from the file. */
export function slotBytes({ header }: ModelFile, shape: Parameters<typeof estimateMemory>[2], contextSize: number): number {
  return estimateMemory(header, 0, shape).cachePerToken * contextSize;
}

/** What a model file says of its vocabulary. */
export function vocabularyFacts({ header }: ModelFile, { model }: LoadedModel): VocabularyFacts {
  const { metadata } = header;
  const nameOf = (key: string): string | undefined => {
    const id = metadata.get(`tokenizer.ggml.${key}_token_id`);
    return id === undefined ? undefined : model.detokenize([Number(id)] as never, true) || undefined;
  };
  const kind = metadata.get("tokenizer.ggml.model");
  return {
    size: vocabularySize(header),
    model: typeof kind === "string" ? kind : "unknown",
    addsBos: model.tokens.shouldPrependBosToken,
    bosToken: model.tokens.bosString ?? undefined,
    eosToken: model.tokens.eosString ?? undefined,
    padToken: nameOf("padding"),
    unknownToken: nameOf("unknown"),
  };
}

/** What the chat template is, and does. */
export function templateFacts(templates: ChatTemplates): TemplateFacts {
  const { source, traits } = templates.for({});
  const { system, tools, calls, results, thoughts, parts } = traits;
  return {
    source,
    shows: { system, tools, toolCalls: calls !== undefined, toolResults: results, thoughts: thoughts !== undefined },
    takesParts: parts,
    takesObjects: calls === "object",
  };
}
