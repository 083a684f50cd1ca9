import { open, type FileHandle } from "node:fs/promises";
import { LlmopsError, messageOf, systemCodeOf } from "../errors/llmops-error.js";
import { GGML_TYPE, tensorSizeBytes } from "../models/ggml-types.js";
import { ALIGNMENT, writeGguf, type GgufTensor, type RawMetadata } from "../models/gguf-writer.js";
import type { GgufHeader } from "../models/gguf-header.js";
import type { ModelFile } from "../models/model-file.js";
import { encodeBlocks, q4_0, q8_0, type BlockCodec } from "./blocks.js";
import { decodeFloats, floatBytes } from "./float-rows.js";

interface Target {
  type: number;
  codec: BlockCodec;
  /** Its number in general.file_type. */
  fileType: number;
}

/** What weights can be turned into. */
export const TARGETS = {
  q8_0: { type: GGML_TYPE.Q8_0, codec: q8_0, fileType: 7 },
  q4_0: { type: GGML_TYPE.Q4_0, codec: q4_0, fileType: 2 },
} as const satisfies Record<string, Target>;

export type TargetName = keyof typeof TARGETS;

export interface QuantizeOptions {
  out: string;
  target: TargetName;
  signal: AbortSignal;
  /** Hears how many bytes of the original were read. */
  onBytes: (bytes: number) => void;
}

type Tensor = GgufHeader["tensors"][number];

/** Read and turned at a time. */
const CHUNK_BYTES = 4 * 1024 * 1024;

/**
 * Writes a model anew with its weight matrices in blocks; everything else stays as it is: metadata, vectors such as norms, and
 * matrices whose rows are no multiple of a block. Memory holds a few chunks; the file appears whole or not at all. Throws
 * MODEL_INVALID for a model that is in blocks already, STORE_UNWRITABLE, or ABORTED.
 */
export async function quantizeFile(file: ModelFile, { out, target, signal, onBytes }: QuantizeOptions): Promise<void> {
  const chosen: Target = TARGETS[target];
  checkSource(file);
  const source = await open(file.path);
  try {
    const tensors = file.header.tensors.map((tensor): GgufTensor => {
      const type = typeFor(tensor, chosen);
      const read = () => readTensor(source, { file, tensor, signal, onBytes });
      const data = type === tensor.type ? read : () => encodeChunks(read(), tensor.type, chosen.codec);
      return { name: tensor.name, dimensions: tensor.dimensions, type, data };
    });
    await writeGguf(out, await readMetadata(source, file, chosen), tensors);
  } catch (cause) {
    if (cause instanceof LlmopsError || signal.aborted) throw cause;
    const full = systemCodeOf(cause) === "ENOSPC" ? "the disk is full" : messageOf(cause);
    throw new LlmopsError("STORE_UNWRITABLE", `${out} could not be written: ${full}. Nothing of it was left behind.`, {
      hint: "Name a file in a folder with enough room that you may write to.",
      cause,
    });
  } finally {
    await source.close();
  }
}

function checkSource({ path, header }: ModelFile): void {
  const matrices = header.tensors.filter(({ dimensions }) => dimensions.length > 1);
  if (!matrices.some(({ type }) => floatBytes(type) !== undefined)) {
    throw new LlmopsError("MODEL_INVALID", `${path} has no weights as floats: it is quantised already.`, {
      hint: "Quantise the original (F16, BF16 or F32): each further rounding loses more.",
    });
  }
  const alignment = Number(header.metadata.get("general.alignment") ?? ALIGNMENT);
  if (alignment === ALIGNMENT) return;
  throw new LlmopsError("MODEL_INVALID", `${path} has its tensors at multiples of ${alignment} bytes; only ${ALIGNMENT} is written here.`);
}

/** Matrices of floats whose rows are whole blocks are turned; the rest stays. */
function typeFor({ type, dimensions, name }: Tensor, { type: target, codec }: Target): number {
  const [columns = 0] = dimensions;
  const fits = dimensions.length > 1 && columns % codec.elements === 0 && name.endsWith(".weight");
  return fits && floatBytes(type) !== undefined ? target : type;
}

async function readMetadata(source: FileHandle, { header }: ModelFile, { fileType }: Target): Promise<RawMetadata> {
  const { start, end, fileTypeAt } = header.metadataRange;
  const bytes = Buffer.alloc(end - start);
  await source.read(bytes, 0, bytes.length, start);
  if (fileTypeAt !== undefined) bytes.writeUInt32LE(fileType, fileTypeAt - start);
  return { entries: header.metadata.size, bytes };
}

async function* readTensor(
  source: FileHandle,
  { file, tensor, signal, onBytes }: { file: ModelFile; tensor: Tensor } & Pick<QuantizeOptions, "signal" | "onBytes">,
): AsyncGenerator<Uint8Array> {
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
async function* encodeChunks(chunks: AsyncIterable<Uint8Array>, type: number, codec: BlockCodec): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) yield encodeBlocks(codec, decodeFloats(type, chunk));
}
