import { tensorTypeName } from "./ggml-types.js";
import type { GgufHeader } from "./gguf-header.js";

/** The architecture's name, which prefixes the keys of its numbers: "llama", "qwen2". */
export function architectureOf(header: GgufHeader): string {
  const name = header.metadata.get("general.architecture");
  return typeof name === "string" ? name : "unknown";
}

/** A number of the architecture, as "block_count"; the largest where layers differ, 0 where it is absent. */
export function architectureNumber(header: GgufHeader, key: string): number {
  const value = header.metadata.get(`${architectureOf(header)}.${key}`);
  if (Array.isArray(value)) return Math.max(...value.map(Number));
  return value === undefined ? 0 : Number(value);
}

/** Tokens in the vocabulary. */
export function vocabularySize(header: GgufHeader): number {
  const tokens = header.metadata.get("tokenizer.ggml.tokens");
  if (Array.isArray(tokens)) return tokens.length;
  return typeof tokens === "object" ? tokens.arrayLength : 0;
}

/** Weights of the model: the elements of all its tensors. */
export function parameterCount({ tensors }: GgufHeader): number {
  return tensors.reduce((sum, tensor) => sum + elementsOf(tensor), 0);
}

/** How most of the weights are kept: such as "Q8_0" or "F16". */
export function quantizationOf({ tensors }: GgufHeader): string {
  const sizes = new Map<number, number>();
  for (const tensor of tensors) sizes.set(tensor.type, (sizes.get(tensor.type) ?? 0) + elementsOf(tensor));
  const [most] = [...sizes].sort((a, b) => b[1] - a[1]);
  return most ? tensorTypeName(most[0]) : "none";
}

function elementsOf({ dimensions }: GgufHeader["tensors"][number]): number {
  return dimensions.reduce((product, size) => product * size, 1);
}
