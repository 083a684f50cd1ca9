import { open, readdir, type FileHandle } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { z } from "zod";
import { LlmopsError, messageOf, systemCodeOf } from "../../base/errors/llmops-error.js";
import { readJsonFile } from "../../base/files/read-text-file.js";
import { refusal } from "./refusal.js";
import { readSafetensors, type StoredTensor } from "./safetensors.js";

const INDEX = "model.safetensors.index.json";
const indexSchema = z.looseObject({ weight_map: z.record(z.string(), z.string()) });

/** The weights of a folder, in one safetensors file or several. */
export class Checkpoint {
  readonly folder: string;
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  private readonly files = new Map<string, Promise<FileHandle>>();

  /** Reads the headers only. Throws MODEL_INVALID for a file that is missing, cut off or no safetensors. */
  static async open(folder: string, single = "model.safetensors"): Promise<Checkpoint> {
    const names = await readdir(folder);
    const expected = names.includes(INDEX) && !names.includes(single) ? await readIndex(folder) : undefined;
    const shards = expected ? [...new Set(expected.values())] : [single];
    const missing = shards.filter((shard) => !names.includes(shard));
    if (missing.length > 0) throw withoutWeights(folder, { names, shards, missing });
    const read = await Promise.all(shards.map((shard) => readSafetensors(join(folder, shard))));
    const tensors = new Map(read.flat().map((tensor) => [tensor.name, tensor]));
    for (const [name, shard] of expected ?? []) {
      if (!tensors.has(name)) throw refusal(join(folder, shard), `lacks the tensor ${name}, which ${INDEX} says it has`);
    }
    return new Checkpoint(folder, tensors);
  }

  private constructor(folder: string, tensors: ReadonlyMap<string, StoredTensor>) {
    this.folder = folder;
    this.tensors = tensors;
  }

  /** Bytes of a tensor, `chunkBytes` at a time. */
  async *read({ path, offset, sizeBytes, name }: StoredTensor, chunkBytes: number): AsyncGenerator<Uint8Array<ArrayBuffer>> {
    let file = this.files.get(path);
    if (!file) this.files.set(path, (file = open(path, "r")));
    const handle = await file;
    for (let done = 0; done < sizeBytes;) {
      const length = Math.min(chunkBytes, sizeBytes - done);
      const { bytesRead, buffer } = await handle.read(new Uint8Array(length), 0, length, offset + done);
      if (bytesRead < length) throw refusal(path, `ended while the tensor ${name} was read`);
      done += length;
      yield buffer;
    }
  }

  async close(): Promise<void> {
    for (const file of this.files.values()) await (await file).close();
  }
}

/** Which file has which tensor. File names are names in this folder and nothing else. */
async function readIndex(folder: string): Promise<Map<string, string>> {
  const path = join(folder, INDEX);
  const { weight_map: places } = await readJson(path, indexSchema);
  for (const shard of Object.values(places)) {
    if (basename(shard) !== shard || !shard.endsWith(".safetensors")) {
      throw refusal(path, `names the file ${JSON.stringify(shard)}, which is not a safetensors file beside it`);
    }
  }
  return new Map(Object.entries(places));
}

function withoutWeights(folder: string, found: { names: readonly string[]; shards: readonly string[]; missing: readonly string[] }): Error {
  const { names, shards, missing } = found;
  if (shards.length > 1) {
    const more = missing.length > 3 ? ` and ${missing.length - 3} more` : "";
    return refusal(folder, `lacks ${missing.length} of ${shards.length} files of weights: ${missing.slice(0, 3).join(", ")}${more}`);
  }
  if (names.some((name) => /\.(bin|pt|pth)$/.test(name))) {
    return refusal(folder, "has its weights as PyTorch pickles, which can run code when they are read", {
      hint: "Save them as safetensors: model.save_pretrained(folder, safe_serialization=True).",
    });
  }
  return refusal(folder, `has no ${missing.join(", ")}`, { hint: "Name a Hugging Face model folder." });
}

/** A JSON file of the folder, in the shape it has to have. Throws MODEL_INVALID. */
export async function readJson<T>(path: string, schema: z.ZodType<T>): Promise<T> {
  let value: unknown;
  try {
    value = readJsonFile(path);
  } catch (cause) {
    if (cause instanceof LlmopsError) throw refusal(path, `is not text: ${cause.message}`, { cause });
    const code = systemCodeOf(cause);
    if (code === "ENOTDIR")
      throw refusal(dirname(path), "is not a folder", { hint: "To make a GGUF file smaller, use `llmops models quantize`.", cause });
    if (code === "ENOENT") throw missing(path, cause);
    if (code !== undefined) throw refusal(path, `cannot be read (${code})`, { cause });
    if (cause instanceof SyntaxError) throw refusal(path, `is not JSON: ${messageOf(cause)}`, { cause });
    throw cause;
  }
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw refusal(path, `is not what was expected: ${issue?.path.join(".")}: ${issue?.message}`);
}

function missing(path: string, cause: unknown): LlmopsError {
  return refusal(path, `is missing: ${resolve(dirname(path))} is not whole, or not a folder as Hugging Face keeps it`, {
    hint: "Name a GGUF file, or a folder with config.json, safetensors weights, and a tokenizer.",
    cause,
  });
}
