import { Readable } from "node:stream";
import { LlmopsError, messageOf, systemCodeOf } from "../../base/errors/llmops-error.js";
import { writeWholeStream } from "../../base/files/write-whole.js";
import { tensorSizeBytes } from "./ggml-types.js";

/** A metadata value with the type it is stored as. */
export type GgufEntry =
  | { type: "uint32" | "int32" | "float32"; value: number }
  | { type: "bool"; value: boolean }
  | { type: "string"; value: string }
  | { type: "int32[]" | "float32[]"; value: readonly number[] }
  | { type: "string[]"; value: readonly string[] };

/** Metadata as it stands in another file. */
export interface RawMetadata {
  entries: number;
  bytes: Uint8Array;
}

export interface GgufTensor {
  name: string;
  /** ggml order: the fastest dimension (the row length) first. */
  dimensions: readonly number[];
  /** A ggml tensor type whose block size is known. */
  type: number;
  /** The tensor's bytes, piece by piece; together exactly its size. */
  data: () => Iterable<Uint8Array> | AsyncIterable<Uint8Array>;
}

const VERSION = 3;
/** What tensors begin at multiples of. */
export const ALIGNMENT = 32;
const TYPE_IDS = { uint32: 4, int32: 5, float32: 6, bool: 7, string: 8, array: 9 } as const;

/**
 * Writes a GGUF file (version 3, little endian; ggml's docs/gguf.md) tensor by tensor, so that memory
 * holds one piece of one tensor. The file appears under its name only when it is complete.
 * Throws RangeError when a tensor's pieces are not as long as its shape says.
 */
export async function writeGguf(
  path: string,
  metadata: ReadonlyMap<string, GgufEntry> | RawMetadata,
  tensors: readonly GgufTensor[],
): Promise<void> {
  // one piece ahead: pieces are large
  await writeWholeStream(path, Readable.from(piecesOf(metadata, tensors), { highWaterMark: 1 }));
}

async function* piecesOf(
  metadata: ReadonlyMap<string, GgufEntry> | RawMetadata,
  tensors: readonly GgufTensor[],
): AsyncGenerator<Uint8Array> {
  const header = encodeHeader(metadata, tensors);
  yield header;
  yield padding(header.length);
  for (const tensor of tensors) yield* tensorPieces(tensor);
}

/** What went wrong while a model file was written, as STORE_UNWRITABLE unless it says more itself. */
export function notWritten(out: string, cause: unknown): unknown {
  if (cause instanceof LlmopsError) return cause;
  const full = systemCodeOf(cause) === "ENOSPC" ? "the disk is full" : messageOf(cause);
  return new LlmopsError("STORE_UNWRITABLE", `${out} could not be written: ${full}. Nothing of it was left behind.`, {
    hint: "Name a file in a writable folder with enough space.",
    cause,
  });
}

async function* tensorPieces(tensor: GgufTensor): AsyncGenerator<Uint8Array> {
  const expected = tensorSizeBytes(tensor.type, tensor.dimensions);
  let written = 0;
  for await (const piece of tensor.data()) {
    yield piece;
    written += piece.byteLength;
  }
  if (written !== expected || written === 0)
    throw new RangeError(`tensor ${tensor.name} has ${written} bytes, but its shape needs ${expected}`);
  yield padding(written);
}

function padding(length: number): Uint8Array {
  return new Uint8Array((ALIGNMENT - (length % ALIGNMENT)) % ALIGNMENT);
}

function encodeHeader(metadata: ReadonlyMap<string, GgufEntry> | RawMetadata, tensors: readonly GgufTensor[]): Buffer {
  const { entries, bytes } = "bytes" in metadata ? metadata : encodeMetadata(metadata);
  const parts: Uint8Array[] = [Buffer.from("GGUF", "latin1"), u32(VERSION), u64(tensors.length), u64(entries), bytes];
  let offset = 0;
  for (const { name, dimensions, type } of tensors) {
    parts.push(text(name), u32(dimensions.length), ...dimensions.map(u64), u32(type), u64(offset));
    const size = tensorSizeBytes(type, dimensions);
    offset += size + padding(size).length;
  }
  return Buffer.concat(parts);
}

function encodeMetadata(metadata: ReadonlyMap<string, GgufEntry>): RawMetadata {
  const parts = [...metadata].flatMap(([key, entry]) => [text(key), encodeEntry(entry)]);
  return { entries: metadata.size, bytes: Buffer.concat(parts) };
}

function encodeEntry(entry: GgufEntry): Buffer {
  switch (entry.type) {
    case "string":
      return Buffer.concat([u32(TYPE_IDS.string), text(entry.value)]);
    case "bool":
      return Buffer.concat([u32(TYPE_IDS.bool), Buffer.from([entry.value ? 1 : 0])]);
    case "string[]":
      return Buffer.concat([u32(TYPE_IDS.array), u32(TYPE_IDS.string), u64(entry.value.length), ...entry.value.map(text)]);
    case "int32[]":
      return Buffer.concat([u32(TYPE_IDS.array), u32(TYPE_IDS.int32), u64(entry.value.length), ...entry.value.map(i32)]);
    case "float32[]":
      return Buffer.concat([u32(TYPE_IDS.array), u32(TYPE_IDS.float32), u64(entry.value.length), ...entry.value.map(f32)]);
    case "uint32":
      return Buffer.concat([u32(TYPE_IDS.uint32), u32(entry.value)]);
    case "int32":
      return Buffer.concat([u32(TYPE_IDS.int32), i32(entry.value)]);
    case "float32":
      return Buffer.concat([u32(TYPE_IDS.float32), f32(entry.value)]);
  }
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value, "utf8");
  return Buffer.concat([u64(bytes.length), bytes]);
}

function u32(value: number): Buffer {
  const buffer = Buffer.alloc(4);
  buffer.writeUInt32LE(value);
  return buffer;
}

function i32(value: number): Buffer {
  const buffer = Buffer.alloc(4);
  buffer.writeInt32LE(value);
  return buffer;
}

function f32(value: number): Buffer {
  const buffer = Buffer.alloc(4);
  buffer.writeFloatLE(value);
  return buffer;
}

function u64(value: number): Buffer {
  const buffer = Buffer.alloc(8);
  buffer.writeBigUInt64LE(BigInt(value));
  return buffer;
}
