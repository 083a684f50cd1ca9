import { tensorSizeBytes } from "../models/ggml-types.js";
import { encodeBlocks } from "./blocks.js";
import { decodeFloats, encodeFloats, floatBytes } from "./float-rows.js";
import { codecOf } from "./presets.js";

/** Weights on their way from one type to another: numbers of ggml's types. The bytes begin at a multiple of four. */
export interface ChunkJob {
  bytes: Uint8Array<ArrayBuffer>;
  /** A float type. */
  from: number;
  to: number;
  /** Added to every weight. */
  plus: number;
}

/** Weights turned at a time: they stay in the processor's cache between reading and writing. A multiple of every block. */
const SLICE = 16_384;
const scratch = new Float32Array(SLICE);

/**
 * The weights of a chunk as another type: floats, or blocks, of which it has to have a whole number. Throws RangeError for a weight
 * that 16-bit floats do not reach.
 */
export function encodeChunk({ bytes, from, to, plus }: ChunkJob): Uint8Array {
  if (from === to && plus === 0) return bytes;
  const width = floatBytes(from) ?? 0;
  const count = bytes.byteLength / width;
  const out = new Uint8Array(tensorSizeBytes(to, [count]));
  for (let start = 0; start < count; start += SLICE) {
    const values = scratch.subarray(0, Math.min(SLICE, count - start));
    decodeFloats(from, bytes.subarray(start * width), values);
    if (plus !== 0) for (let i = 0; i < values.length; i++) values[i] = (values[i] as number) + plus;
    encodeSlice(values, to, out.subarray(tensorSizeBytes(to, [start])));
  }
  return out;
}

function encodeSlice(values: Float32Array, to: number, out: Uint8Array): void {
  if (floatBytes(to) === undefined) encodeBlocks(codecOf(to), values, out);
  else if (!encodeFloats(to, values, out)) throw new RangeError("has a weight beyond 65504, which is as far as F16 reaches");
}
