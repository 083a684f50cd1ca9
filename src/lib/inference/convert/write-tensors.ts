import { GGML_TYPE } from "../models/ggml-types.js";
import { notWritten, writeGguf, type GgufEntry, type GgufTensor } from "../models/gguf-writer.js";
import type { ChunkJob } from "../quantize/encode-chunk.js";
import { EncodePool } from "../quantize/encode-pool.js";
import { matrixType, type WeightType } from "../quantize/presets.js";
import type { Checkpoint } from "./checkpoint.js";
import { refusal } from "./refusal.js";
import type { RopePlan } from "./rope.js";
import type { PlannedTensor } from "./tensor-plan.js";
import { pairRows } from "./tensor-rules.js";

export interface WriteOptions {
  out: string;
  /** What matrices are kept as; vectors stay 32-bit floats. */
  type: WeightType;
  /** That encode; 1 keeps to this one. */
  threads: number;
  signal: AbortSignal;
  /** Hears how many bytes of weights were read. */
  onBytes: (bytes: number) => void;
}

/** Read and turned at a time, about. */
const CHUNK_BYTES = 4 * 1024 * 1024;

/** What a GGUF file is written from. */
export interface TensorSource {
  checkpoint: Checkpoint;
  tensors: readonly PlannedTensor[];
  rope: RopePlan;
  layers: number;
  metadata: ReadonlyMap<string, GgufEntry>;
}

/** Writes a GGUF file, whole or not at all, and closes the checkpoint. Throws MODEL_INVALID for a tensor that cannot be kept as asked, STORE_UNWRITABLE, and the signal's reason. */
export async function writeTensors({ checkpoint, tensors, rope, layers, metadata }: TensorSource, options: WriteOptions): Promise<void> {
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
  { to, signal, onBytes }: Pick<WriteOptions, "signal" | "onBytes"> & { to: number },
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
      hint: "Keep the weights unchanged: --type bf16 or f32.",
      cause,
    });
  }
}
