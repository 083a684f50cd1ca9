import { open, type FileHandle } from "node:fs/promises";
import { tensorSizeBytes } from "./ggml-types.js";

/** A value in a GGUF header. Arrays are kept; long ones (vocabularies) only by their length. */
export type GgufValue = number | bigint | boolean | string | GgufValue[] | { arrayLength: number };

export interface GgufHeader {
  version: number;
  metadata: Map<string, GgufValue>;
  tensors: { name: string; dimensions: number[]; type: number; offset: number }[];
  /** Where the metadata stands in the file, entry after entry, and in it the value of general.file_type. */
  metadataRange: { start: number; end: number; fileTypeAt: number | undefined };
  /** Where the header ends, in bytes. */
  headerSize: number;
  /** Where the tensor data starts: the header's end, aligned. */
  dataOffset: number;
}

/** The file is not what the GGUF format says; `truncated` when it ends too early. */
export class GgufFormatError extends Error {
  readonly truncated: boolean;
  constructor(message: string, truncated = false) {
    super(message);
    this.truncated = truncated;
  }
}

const MAX_KEPT_ARRAY = 64;
/** Arrays of arrays go no deeper in any real file. */
const DEEPEST_ARRAY = 4;
/** A tensor's entry has at least so many bytes: a name's length, a rank, a type, an offset. */
const LEAST_TENSOR_BYTES = 24;
/** A metadata entry: a key's length, a type, a byte. */
const LEAST_ENTRY_BYTES = 13;
const DEFAULT_ALIGNMENT = 32;

/**
 * Reads the header of a GGUF file (versions 2 and 3, little endian), never its tensor data.
 * Format: ggml's docs/gguf.md. Throws GgufFormatError, or the system's error for an unreadable file.
 */
export async function readGgufHeader(path: string): Promise<GgufHeader> {
  const file = await open(path, "r");
  try {
    const reader = new HeaderReader(file, (await file.stat()).size);
    const magic = await reader.bytes(4);
    if (magic.toString("latin1") !== "GGUF") throw new GgufFormatError("it does not start with the letters GGUF");
    const version = await reader.u32();
    if (version !== 2 && version !== 3) throw new GgufFormatError(`it has the unsupported GGUF version ${version}`);
    const tensorCount = await reader.count(LEAST_TENSOR_BYTES);
    const metadataCount = await reader.count(LEAST_ENTRY_BYTES);
    const metadata = new Map<string, GgufValue>();
    const start = reader.position;
    let fileTypeAt: number | undefined;
    for (let i = 0; i < metadataCount; i++) {
      const key = await reader.string();
      const type = await reader.u32();
      if (key === "general.file_type" && type === UINT32_TYPE) fileTypeAt = reader.position;
      metadata.set(key, await reader.value(type));
    }
    const metadataRange = { start, end: reader.position, fileTypeAt };
    const tensors: GgufHeader["tensors"] = [];
    for (let i = 0; i < tensorCount; i++) tensors.push(await readTensorInfo(reader));
    const alignment = Number(metadata.get("general.alignment") ?? DEFAULT_ALIGNMENT);
    if (!(alignment > 0 && alignment % 8 === 0)) throw new GgufFormatError(`it claims an alignment of ${alignment}`);
    return {
      version,
      metadata,
      tensors,
      metadataRange,
      headerSize: reader.position,
      dataOffset: Math.ceil(reader.position / alignment) * alignment,
    };
  } finally {
    await file.close();
  }
}

/** The least size in bytes a complete file with this header has. */
export function expectedSizeBytes(header: GgufHeader): number {
  const ends = header.tensors.map((tensor) => tensor.offset + tensorSizeBytes(tensor.type, tensor.dimensions));
  return header.dataOffset + Math.max(0, ...ends);
}

async function readTensorInfo(reader: HeaderReader): Promise<GgufHeader["tensors"][number]> {
  const name = await reader.string();
  const rank = await reader.u32();
  if (rank > 8) throw new GgufFormatError(`tensor ${name} has ${rank} dimensions`);
  const dimensions: number[] = [];
  for (let d = 0; d < rank; d++) dimensions.push(await reader.u64());
  return { name, dimensions, type: await reader.u32(), offset: await reader.u64() };
}

/** Little-endian scalar readers by GGUF value type. */
const SCALARS: Record<number, { size: number; read: (b: Buffer) => GgufValue }> = {
  0: { size: 1, read: (b) => b.readUInt8() },
  1: { size: 1, read: (b) => b.readInt8() },
  2: { size: 2, read: (b) => b.readUInt16LE() },
  3: { size: 2, read: (b) => b.readInt16LE() },
  4: { size: 4, read: (b) => b.readUInt32LE() },
  5: { size: 4, read: (b) => b.readInt32LE() },
  6: { size: 4, read: (b) => b.readFloatLE() },
  7: { size: 1, read: (b) => b.readUInt8() !== 0 },
  10: { size: 8, read: (b) => b.readBigUInt64LE() },
  11: { size: 8, read: (b) => b.readBigInt64LE() },
  12: { size: 8, read: (b) => b.readDoubleLE() },
};
const UINT32_TYPE = 4;
const STRING_TYPE = 8;
const ARRAY_TYPE = 9;

/** Reads forward through a file in chunks of 256 KiB. */
class HeaderReader {
  position = 0;
  private readonly file: FileHandle;
  private buffer = Buffer.alloc(0);
  private bufferStart = 0;

  private readonly fileBytes: number;

  constructor(file: FileHandle, fileBytes: number) {
    this.file = file;
    this.fileBytes = fileBytes;
  }

  async bytes(length: number): Promise<Buffer> {
    const offset = this.position - this.bufferStart;
    if (offset + length > this.buffer.length) await this.refill(length);
    const start = this.position - this.bufferStart;
    this.position += length;
    return this.buffer.subarray(start, start + length);
  }

  async u32(): Promise<number> {
    return (await this.bytes(4)).readUInt32LE();
  }

  /** A 64-bit number. */
  async u64(): Promise<number> {
    const value = (await this.bytes(8)).readBigUInt64LE();
    if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw new GgufFormatError(`it claims a count of ${value}`);
    return Number(value);
  }

  /** How many things of at least so many bytes follow: no more than the rest of the file holds, whatever it claims. */
  async count(leastBytes = 1): Promise<number> {
    const count = await this.u64();
    if (count * leastBytes <= this.fileBytes - this.position) return count;
    throw new GgufFormatError(`it ends inside its header, which claims a count of ${count} there`, true);
  }

  async string(): Promise<string> {
    const length = await this.count();
    return (await this.bytes(length)).toString("utf8");
  }

  async value(type: number, depth = 0): Promise<GgufValue> {
    if (type === STRING_TYPE) return this.string();
    if (type === ARRAY_TYPE) return this.array(depth + 1);
    const scalar = SCALARS[type];
    if (!scalar) throw new GgufFormatError(`it has a metadata value of the unknown type ${type}`);
    return scalar.read(await this.bytes(scalar.size));
  }

  private async array(depth: number): Promise<GgufValue> {
    if (depth > DEEPEST_ARRAY) throw new GgufFormatError("it has arrays of arrays of arrays of arrays of arrays");
    const type = await this.u32();
    const length = await this.count();
    const kept: GgufValue[] = [];
    for (let i = 0; i < length; i++) {
      const value = await this.value(type, depth);
      if (length <= MAX_KEPT_ARRAY) kept.push(value);
    }
    return length <= MAX_KEPT_ARRAY ? kept : { arrayLength: length };
  }

  private async refill(length: number): Promise<void> {
    const next = Buffer.alloc(Math.max(length, 1 << 18));
    const { bytesRead } = await this.file.read(next, 0, next.length, this.position);
    if (bytesRead < length) throw new GgufFormatError("it ends inside its header", true);
    this.buffer = next.subarray(0, bytesRead);
    this.bufferStart = this.position;
  }
}
