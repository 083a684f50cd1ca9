import { z } from "zod";
import { tensorSizeBytes, tensorTypeName } from "./ggml-types.js";
import { estimateMemory, memoryEstimateSchema } from "./memory-estimate.js";
import { architectureNumber, architectureOf, parameterCount, quantizationOf, vocabularySize } from "./model-facts.js";
import type { ModelFile } from "./model-file.js";

export const modelDescriptionSchema = z.object({
  path: z.string(),
  name: z.string().nullable(),
  architecture: z.string(),
  parameters: z.number(),
  quantization: z.string().describe("The format of most weights."),
  size_bytes: z.number(),
  bits_per_weight: z.number(),
  context_length: z.number().describe("Longest context it was trained for, in tokens."),
  layers: z.number(),
  width: z.number(),
  heads: z.number(),
  kv_heads: z.number(),
  vocabulary: z.number(),
  tokenizer: z.string().nullable(),
  chat_template: z.boolean(),
  licence: z.string().nullable(),
  tensors: z.array(
    z.object({
      type: z.string(),
      count: z.number(),
      size_bytes: z.number(),
    }),
  ),
  memory: z.array(
    memoryEstimateSchema.extend({
      slots: z.number(),
      context: z.number(),
    }),
  ),
});

/** What a model file says of itself, as `models inspect --json` prints it. Sizes are bytes. */
export type ModelDescription = z.infer<typeof modelDescriptionSchema>;

/** Contexts the memory is estimated for where none was asked for. */
const CONTEXTS = [2048, 8192, 32_768];
const BATCH = 512;

export interface DescribeOptions {
  slots: number;
  /** Of one slot; several usual ones when absent. */
  context?: number | undefined;
  cacheElementBytes: number;
}

/** Describes a model by its header alone. */
export function describeModel(file: ModelFile, { slots, context, cacheElementBytes }: DescribeOptions): ModelDescription {
  const { header, path, sizeBytes } = file;
  const text = (key: string) => {
    const value = header.metadata.get(key);
    return typeof value === "string" ? value : null;
  };
  const number = (key: string) => architectureNumber(header, key);
  const parameters = parameterCount(header);
  const longest = number("context_length");
  const usual = CONTEXTS.filter((tokens) => tokens <= longest);
  const contexts = context === undefined ? (usual.length > 0 ? usual : [longest]) : [context];
  return {
    path,
    name: text("general.name"),
    architecture: architectureOf(header),
    parameters,
    quantization: quantizationOf(header),
    size_bytes: sizeBytes,
    bits_per_weight: parameters > 0 ? (8 * tensorBytes(file)) / parameters : 0,
    context_length: longest,
    layers: number("block_count"),
    width: number("embedding_length"),
    heads: number("attention.head_count"),
    kv_heads: number("attention.head_count_kv") || number("attention.head_count"),
    vocabulary: vocabularySize(header),
    tokenizer: text("tokenizer.ggml.pre") ?? text("tokenizer.ggml.model"),
    chat_template: header.metadata.has("tokenizer.chat_template"),
    licence: text("general.license"),
    tensors: tensorTypes(file),
    memory: contexts.map((tokens) => {
      const shape = { slots, contextSize: tokens, batchSize: BATCH, cacheElementBytes };
      return { slots, context: tokens, ...estimateMemory(header, sizeBytes, shape) };
    }),
  };
}

function tensorBytes({ header }: ModelFile): number {
  return header.tensors.reduce((sum, { type, dimensions }) => sum + tensorSizeBytes(type, dimensions), 0);
}

/** Tensors by type, the largest share first. */
function tensorTypes({ header }: ModelFile): ModelDescription["tensors"] {
  const types = new Map<string, { count: number; size_bytes: number }>();
  for (const { type, dimensions } of header.tensors) {
    const known = types.get(tensorTypeName(type)) ?? { count: 0, size_bytes: 0 };
    types.set(tensorTypeName(type), { count: known.count + 1, size_bytes: known.size_bytes + tensorSizeBytes(type, dimensions) });
  }
  return [...types].map(([type, totals]) => ({ type, ...totals })).sort((a, b) => b.size_bytes - a.size_bytes);
}
