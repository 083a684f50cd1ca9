import { existsSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { GGML_TYPE } from "../models/ggml-types.js";
import { notWritten, writeGguf, type GgufEntry, type GgufTensor } from "../models/gguf-writer.js";
import type { ChunkJob } from "../quantize/encode-chunk.js";
import { EncodePool } from "../quantize/encode-pool.js";
import { fileTypeOf, matrixType, type WeightType } from "../quantize/presets.js";
import { Checkpoint } from "./checkpoint.js";
import { checkFamily, findFamily, notesOf, type Family } from "./families.js";
import { parseConfig, readRawConfig, type ModelConfig } from "./model-config.js";
import { readVocabulary } from "./read-vocabulary.js";
import { refusal } from "./refusal.js";
import { planRope, type RopePlan } from "./rope.js";
import { planTensors, type PlannedTensor } from "./tensor-plan.js";
import { pairRows } from "./tensor-rules.js";
import { tokenizerEntries } from "./tokenizer-entries.js";
import { readTextFile } from "../../base/files/read-text-file.js";

export interface ConvertOptions {
  out: string;
  /** What matrices are kept as; vectors stay 32-bit floats. */
  type: WeightType;
  /** That encode; 1 keeps to this one. */
  threads: number;
  /** llama.cpp's name for how text is cut into words, where that cannot be told. */
  preTokenizer?: string | undefined;
  signal: AbortSignal;
  /** Hears how many bytes of weights were read. */
  onBytes: (bytes: number) => void;
}

/** A folder that was understood, before anything is written. */
export interface ConversionPlan {
  /** Hugging Face's class. */
  className: string;
  architecture: string;
  /** Bytes of weights to read. */
  sizeBytes: number;
  /** Where answers will differ from the original's. */
  notes: readonly string[];
  /** Writes the GGUF; whole or not at all. */
  write(options: ConvertOptions): Promise<void>;
}

/** Read and turned at a time, about. */
const CHUNK_BYTES = 4 * 1024 * 1024;

/**
 * Understands a model's folder as Hugging Face keeps it: config.json, safetensors, a tokenizer. Throws MODEL_INVALID for what is missing,
 * broken, or not known here.
 */
export async function planConversion(folder: string, { preTokenizer }: Pick<ConvertOptions, "preTokenizer"> = {}): Promise<ConversionPlan> {
  const raw = await readRawConfig(folder);
  const family = findFamily(raw);
  const config = parseConfig(raw, family.defaults);
  checkFamily(family, config, raw.path);
  const rope = planRope(config, { path: raw.path, kinds: family.ropeKinds });
  const vocabulary = await readVocabulary(folder, preTokenizer);
  const checkpoint = await Checkpoint.open(folder);
  const { tensors, seesPictures } = planTensors(checkpoint, family, config);
  const beyond = vocabulary.tokens.length - config.vocab_size;
  const notes = [
    ...notesOf(family, config),
    ...vocabulary.notes,
    ...(seesPictures ? ["The part that sees pictures is left out."] : []),
    ...(beyond > 0 ? [`${beyond} tokens of the tokenizer have no row in the embedding and are left out.`] : []),
  ];
  return {
    className: raw.className,
    architecture: family.architecture,
    sizeBytes: tensors.reduce((sum, { source }) => sum + source.sizeBytes, 0),
    notes,
    async write(options) {
      const metadata = new Map([
        ...(await generalEntries(folder, family, options.type)),
        ...shapeEntries(config, family, rope),
        ...(await tokenizerEntries(folder, vocabulary, config)),
      ]);
      await writeTensors({ checkpoint, tensors, rope, layers: config.num_hidden_layers, metadata }, options);
    },
  };
}

interface Parts {
  checkpoint: Checkpoint;
  tensors: readonly PlannedTensor[];
  rope: RopePlan;
  layers: number;
  metadata: ReadonlyMap<string, GgufEntry>;
}

async function writeTensors({ checkpoint, tensors, rope, layers, metadata }: Parts, options: ConvertOptions): Promise<void> {
  const { out, type, threads, signal } = options;
  const shape = { layers, hasOutput: tensors.some(({ name }) => name === "output.weight") };
  const pool = new EncodePool(threads);
  const written = tensors.map((planned): GgufTensor => {
    const { source, name } = planned;
    const dimensions = source.shape.toReversed();
    const to = dimensions.length > 1 ? matrixType(type, { name, columns: dimensions[0] ?? 0 }, shape) : GGML_TYPE.F32;
    return {
      name,
      dimensions,
      type: to,
      data: () => named(source.path, source.name, pool.encode(jobs(checkpoint, planned, { ...options, to }))),
    };
  });
  const factors = rope.factors.map(({ name, values }): GgufTensor => {
    return { name, dimensions: [values.length], type: GGML_TYPE.F32, data: () => [new Uint8Array(values.buffer)] };
  });
  try {
    await writeGguf(out, metadata, [...written, ...factors]);
  } catch (cause) {
    throw signal.aborted ? cause : notWritten(out, cause);
  } finally {
    await pool.close();
    await checkpoint.close();
  }
}

/** A tensor's chunks: whole heads where their rows are reordered, whole rows else. */
async function* jobs(
  checkpoint: Checkpoint,
  { source, headRows = 1, plus }: PlannedTensor,
  { to, signal, onBytes }: Pick<ConvertOptions, "signal" | "onBytes"> & { to: number },
): AsyncGenerator<ChunkJob> {
  const [rows = 1] = source.shape;
  const rowBytes = source.sizeBytes / rows;
  const groupBytes = rowBytes * headRows;
  for await (const chunk of checkpoint.read(source, Math.max(1, Math.floor(CHUNK_BYTES / groupBytes)) * groupBytes)) {
    signal.throwIfAborted();
    onBytes(chunk.byteLength);
    yield { bytes: headRows > 1 ? pairRows(chunk, headRows, rowBytes) : chunk, from: source.type, to, plus };
  }
}

/** Says which tensor it was that could not be encoded. */
async function* named(path: string, name: string, chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* chunks;
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw refusal(path, `cannot be kept so: ${name} ${cause.message}`, {
      hint: "Keep the weights as they are: --type bf16, or f32.",
      cause,
    });
  }
}

/** The folder's name; of a folder in Hugging Face's cache that of the model. */
function nameOf(folder: string, { architecture }: Family): string {
  const path = resolve(folder);
  const [, cached] = /models--(?:[^/\\]+--)?([^/\\]+)[/\\]snapshots[/\\][^/\\]+$/.exec(path) ?? [];
  const name = cached ?? basename(path);
  // llama.cpp drops spaces after this family's control tokens, as the original does, where the name says that it is one
  return architecture === "phi3" && !/phi-?3/i.test(name) ? `${name} (Phi-3)` : name;
}

async function generalEntries(folder: string, family: Family, type: WeightType): Promise<[string, GgufEntry][]> {
  const licence = await readLicence(folder);
  const entries: [string, string | undefined][] = [
    ["general.architecture", family.architecture],
    ["general.type", "model"],
    ["general.name", nameOf(folder, family)],
    ["general.license", licence],
  ];
  return [
    ...entries.flatMap(([key, value]): [string, GgufEntry][] => (value === undefined ? [] : [[key, { type: "string", value }]])),
    ["general.file_type", { type: "uint32", value: fileTypeOf(type) }],
    ["general.quantization_version", { type: "uint32", value: 2 }],
  ];
}

/** The licence that the front matter of the model's card names. */
async function readLicence(folder: string): Promise<string | undefined> {
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

function shapeEntries(config: ModelConfig, family: Family, rope: RopePlan): [string, GgufEntry][] {
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
