import { GGML_TYPE } from "../models/ggml-types.js";
import { halfTable } from "./half-float.js";

const FLOAT_BYTES: Readonly<Record<number, number>> = { [GGML_TYPE.F32]: 4, [GGML_TYPE.F16]: 2, [GGML_TYPE.BF16]: 2 };

/** Bytes of a weight that is kept as a float; undefined for types that are blocks already. */
export function floatBytes(type: number): number | undefined {
  return FLOAT_BYTES[type];
}

/** Weights of a float type as 32-bit floats. `bytes` begins at a multiple of four. */
export function decodeFloats(type: number, bytes: Uint8Array): Float32Array {
  const { buffer, byteOffset, byteLength } = bytes;
  if (type === GGML_TYPE.F32) return new Float32Array(buffer, byteOffset, byteLength / 4);
  const halves = new Uint16Array(buffer, byteOffset, byteLength / 2);
  if (type === GGML_TYPE.BF16) {
    // the upper half of a 32-bit float
    const words = Uint32Array.from(halves, (half) => half << 16);
    return new Float32Array(words.buffer);
  }
  const table = halfTable();
  const values = new Float32Array(halves.length);
  for (let i = 0; i < halves.length; i++) values[i] = table[halves[i] as number] as number;
  return values;
}
