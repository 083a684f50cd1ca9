import { open } from "node:fs/promises";
import { z } from "zod";
import { GGML_TYPE } from "../models/ggml-types.js";
import { refusal } from "./refusal.js";

/** A tensor as it lies in a file. */
export interface StoredTensor {
  name: string;
  path: string;
  /** ggml's number for what its weights are. */
  type: number;
  /** Rows first, as Hugging Face counts. */
  shape: readonly number[];
  /** From the file's beginning, in bytes. */
  offset: number;
  sizeBytes: number;
}

/** What can be read: [ggml's number, bytes]. */
const DTYPES: ReadonlyMap<string, readonly [type: number, bytes: number]> = new Map([
  ["F32", [GGML_TYPE.F32, 4]],
  ["F16", [GGML_TYPE.F16, 2]],
  ["BF16", [GGML_TYPE.BF16, 2]],
]);
/** The format's own limit. */
const LARGEST_HEADER = 100_000_000;

/**
 * Where the tensors of a safetensors file lie. Format: huggingface/safetensors, "Format": a length in eight bytes, a header in JSON,
 * the data. Throws MODEL_INVALID where the file is shorter than it says, or says what cannot be.
 */
export async function readSafetensors(path: string): Promise<StoredTensor[]> {
  const file = await open(path, "r");
  try {
    const fileBytes = (await file.stat()).size;
    const length = Buffer.alloc(8);
    const { bytesRead } = await file.read(length, 0, 8, 0);
    if (bytesRead < 8) throw refusal(path, `is truncated: it has ${fileBytes} bytes, not even the eight of its header's length`);
    const headerBytes = length.readBigUInt64LE();
    if (headerBytes > BigInt(LARGEST_HEADER)) throw refusal(path, `is not a safetensors file: it claims a header of ${headerBytes} bytes`);
    const dataStart = 8 + Number(headerBytes);
    if (dataStart > fileBytes) {
      throw refusal(path, `is truncated: its header has ${headerBytes} bytes, but the file ends after ${fileBytes}`);
    }
    const header = Buffer.alloc(Number(headerBytes));
    await file.read(header, 0, header.length, 8);
    return Object.entries(parseHeader(path, header.toString("utf8")))
      .filter(([name]) => name !== "__metadata__")
      .map(([name, entry]) => toTensor({ path, name, dataStart, fileBytes }, entry));
  } finally {
    await file.close();
  }
}

function parseHeader(path: string, text: string): object {
  try {
    const header: unknown = JSON.parse(text);
    if (typeof header === "object" && header !== null && !Array.isArray(header)) return header;
  } catch (cause) {
    throw refusal(path, "is not a safetensors file: its header is not JSON", { cause });
  }
  throw refusal(path, "is not a safetensors file: its header is not an object");
}

interface Place {
  path: string;
  name: string;
  dataStart: number;
  fileBytes: number;
}

function toTensor({ path, name, dataStart, fileBytes }: Place, entry: unknown): StoredTensor {
  const { dtype, shape, offsets } = readEntry({ path, name }, entry);
  const [type, bytes] = DTYPES.get(dtype) ?? [];
  if (type === undefined || bytes === undefined) {
    throw refusal(path, `has the tensor ${name} as ${dtype}; ${[...DTYPES.keys()].join(", ")} can be converted`, {
      hint: "Use the original model instead of a quantized one, and quantize it here: --type q8_0.",
    });
  }
  const [start, end] = offsets;
  const sizeBytes = shape.reduce((product, size) => product * size, bytes);
  if (end - start !== sizeBytes) {
    throw refusal(path, `gives the tensor ${name} ${end - start} bytes, but ${shape.join(" x ")} numbers of ${dtype} take ${sizeBytes}`);
  }
  if (dataStart + end > fileBytes) {
    throw refusal(path, `is truncated: the tensor ${name} ends at byte ${dataStart + end}, the file after ${fileBytes}`);
  }
  return { name, path, type, shape, offset: dataStart + start, sizeBytes };
}

const size = z.int().nonnegative();
const entrySchema = z.looseObject({ dtype: z.string(), shape: z.array(size).max(8), data_offsets: z.tuple([size, size]) });

function readEntry(
  { path, name }: Pick<Place, "path" | "name">,
  entry: unknown,
): { dtype: string; shape: number[]; offsets: [number, number] } {
  const result = entrySchema.safeParse(entry);
  if (result.success) return { ...result.data, offsets: result.data.data_offsets };
  throw refusal(path, `describes the tensor ${name} in a way that cannot be: ${JSON.stringify(entry).slice(0, 200)}`);
}
