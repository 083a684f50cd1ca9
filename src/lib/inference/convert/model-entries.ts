import { existsSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { readTextFile } from "../../base/files/read-text-file.js";
import type { GgufEntry } from "../models/gguf-writer.js";
import { fileTypeOf, type WeightType } from "../quantize/presets.js";
import type { Family } from "./families.js";
import type { ModelConfig } from "./model-config.js";
import type { RopePlan } from "./rope.js";

/** The folder's name; of a folder in Hugging Face's cache that of the model. */
function nameOf(folder: string, { architecture }: Family): string {
  const path = resolve(folder);
  const [, cached] = /models--(?:[^/\\]+--)?([^/\\]+)[/\\]snapshots[/\\][^/\\]+$/.exec(path) ?? [];
  const name = cached ?? basename(path);
  // llama.cpp drops spaces after this family's control tokens, as the original does, where the name says that it is one
  return architecture === "phi3" && !/phi-?3/i.test(name) ? `${name} (Phi-3)` : name;
}

/** What a GGUF file says of the model as a whole: name, license, and how its weights are kept. */
export async function generalEntries(folder: string, family: Family, type: WeightType): Promise<[string, GgufEntry][]> {
  const license = await readLicense(folder);
  const entries: [string, string | undefined][] = [
    ["general.architecture", family.architecture],
    ["general.type", "model"],
    ["general.name", nameOf(folder, family)],
    ["general.license", license],
  ];
  return [
    ...entries.flatMap(([key, value]): [string, GgufEntry][] => (value === undefined ? [] : [[key, { type: "string", value }]])),
    ["general.file_type", { type: "uint32", value: fileTypeOf(type) }],
    ["general.quantization_version", { type: "uint32", value: 2 }],
  ];
}

/** The license that the front matter of the model's card names. */
async function readLicense(folder: string): Promise<string | undefined> {
  const card = join(folder, "README.md");
  if (!existsSync(card)) return undefined;
  let text: string;
  try {
    text = readTextFile(card);
  } catch {
    return undefined; // a model can be converted whatever its card looks like
  }
  const [, front = ""] = /^---\n([\s\S]*?)\n---/.exec(text) ?? [];
  return /^license:\s*["']?([\w.-]+)["']?\s*$/m.exec(front)?.[1];
}

/** The sizes of the model, under the names of its architecture. */
export function shapeEntries(config: ModelConfig, family: Family, rope: RopePlan): [string, GgufEntry][] {
  const uint = (value: number): GgufEntry => ({ type: "uint32", value });
  const entries: [string, GgufEntry][] = [
    ["block_count", uint(config.num_hidden_layers)],
    ["context_length", uint(rope.reach)],
    ["embedding_length", uint(config.hidden_size)],
    ["feed_forward_length", uint(config.intermediate_size)],
    ["attention.head_count", uint(config.num_attention_heads)],
    ["attention.head_count_kv", uint(config.kvHeads)],
    ["attention.key_length", uint(config.headWidth)],
    ["attention.value_length", uint(config.headWidth)],
    ["attention.layer_norm_rms_epsilon", { type: "float32", value: config.rms_norm_eps }],
    ["vocab_size", uint(config.vocab_size)],
    ...rope.entries,
    ...(family.entries?.(config) ?? []),
  ];
  return entries.map(([key, entry]) => [`${family.architecture}.${key}`, entry]);
}
