import { open, type FileHandle } from "node:fs/promises";
import { LlmopsError } from "../../base/errors/llmops-error.js";
import { tensorSizeBytes } from "../models/ggml-types.js";
import { ALIGNMENT, notWritten, writeGguf, type GgufTensor, type RawMetadata } from "../models/gguf-writer.js";
import type { GgufHeader } from "../models/gguf-header.js";
import type { ModelFile } from "../models/model-file.js";
import { architectureNumber } from "../models/model-facts.js";
import type { ChunkJob } from "./encode-chunk.js";
import { EncodePool } from "./encode-pool.js";
import { floatBytes } from "./float-rows.js";
import { kindFor, PRESETS, type PresetName } from "./presets.js";

export interface QuantizeOptions {
  out: string;
  preset: PresetName;
  /** That encode; 1 keeps to this one. */
  threads: number;
  signal: AbortSignal;
  /** Hears how many bytes of the original were read. */
  onBytes: (bytes: number) => void;
}

type Tensor = GgufHeader["tensors"][number];

/** Read and turned at a time. */
const CHUNK_BYTES = 4 * 1024 * 1024;

/**
 * Writes a model anew with its weight matrices in blocks; everything else stays as it is: metadata, vectors such as norms, and
 * matrices whose rows are not a multiple of a block. Memory holds a few chunks; the file appears whole or not at all. Throws
 * MODEL_INVALID for a model that is in blocks already, STORE_UNWRITABLE, or ABORTED.
 */
export async function quantizeFile(file: ModelFile, { out, preset, threads, signal, onBytes }: QuantizeOptions): Promise<void> {
  checkSource(file);
  const shape = {
    layers: architectureNumber(file.header, "block_count"),
    hasOutput: file.header.tensors.some(({ name }) => name === "output.weight"),
  };
  const source = await open(file.path);
  const pool = new EncodePool(threads);
  try {
    const tensors = file.header.tensors.map((tensor): GgufTensor => {
      const kind = isMatrix(tensor) ? kindFor(preset, { name: tensor.name, columns: tensor.dimensions[0] ?? 0 }, shape) : undefined;
      const read = () => readTensor(source, { file, tensor, signal, onBytes });
      const data = kind ? () => pool.encode(jobs(read(), tensor.type, kind.type)) : read;
      return { name: tensor.name, dimensions: tensor.dimensions, type: kind?.type ?? tensor.type, data };
    });
    await writeGguf(out, await readMetadata(source, file, PRESETS[preset].fileType), tensors);
  } catch (cause) {
    throw signal.aborted ? cause : notWritten(out, cause);
  } finally {
    await pool.close();
    await source.close();
  }
}

function checkSource({ path, header }: ModelFile): void {
  const matrices = header.tensors.filter(({ dimensions }) => dimensions.length > 1);
  if (!matrices.some(({ type }) => floatBytes(type) !== undefined)) {
    throw new LlmopsError("MODEL_INVALID", `${path} has no weights as floats: it is quantized already.`, {
      hint: "Quantize the original (F16, BF16, or F32): every further rounding loses precision.",
    });
  }
  const alignment = Number(header.metadata.get("general.alignment") ?? ALIGNMENT);
  if (alignment === ALIGNMENT) return;
  throw new LlmopsError("MODEL_INVALID", `${path} has its tensors at multiples of ${alignment} bytes; only ${ALIGNMENT} is written here.`);
}

/** Vectors, such as norms, stay as they are. */
function isMatrix({ type, dimensions, name }: Tensor): boolean {
  return dimensions.length > 1 && name.endsWith(".weight") && floatBytes(type) !== undefined;
}

async function readMetadata(source: FileHandle, { header }: ModelFile, fileType: number): Promise<RawMetadata> {
  const { start, end, fileTypeAt } = header.metadataRange;
  const bytes = Buffer.alloc(end - start);
  await source.read(bytes, 0, bytes.length, start);
  if (fileTypeAt !== undefined) bytes.writeUInt32LE(fileType, fileTypeAt - start);
  return { entries: header.metadata.size, bytes };
}

async function* readTensor(
  source: FileHandle,
  { file, tensor, signal, onBytes }: { file: ModelFile; tensor: Tensor } & Pick<QuantizeOptions, "signal" | "onBytes">,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const size = tensorSizeBytes(tensor.type, tensor.dimensions);
  const start = file.header.dataOffset + tensor.offset;
  for (let done = 0; done < size;) {
    signal.throwIfAborted();
    const length = Math.min(CHUNK_BYTES, size - done);
    const { bytesRead, buffer } = await source.read(new Uint8Array(length), 0, length, start + done);
    if (bytesRead < length) throw new LlmopsError("MODEL_INVALID", `${file.path} ended while ${tensor.name} was read.`);
    done += length;
    onBytes(length);
    yield buffer;
  }
}

/** Chunks are multiples of a block: 4 MiB and every row are. */
async function* jobs(chunks: AsyncIterable<Uint8Array<ArrayBuffer>>, from: number, to: number): AsyncGenerator<ChunkJob> {
  for await (const bytes of chunks) yield { bytes, from, to, plus: 0 };
}
