import { GGML_TYPE } from "../models/ggml-types.js";
import { halfTable, toHalf } from "./half-float.js";

const FLOAT_BYTES: Readonly<Record<number, number>> = { [GGML_TYPE.F32]: 4, [GGML_TYPE.F16]: 2, [GGML_TYPE.BF16]: 2 };

/** Bytes of a weight that is kept as a float; undefined for types that are blocks already. */
export function floatBytes(type: number): number | undefined {
  return FLOAT_BYTES[type];
}

/** Writes weights of a float type into `values`, as many as it holds. `bytes` begins at a multiple of four, and may go on. */
export function decodeFloats(type: number, { buffer, byteOffset }: Uint8Array, values: Float32Array): void {
  if (type === GGML_TYPE.F32) return values.set(new Float32Array(buffer, byteOffset, values.length));
  const halves = new Uint16Array(buffer, byteOffset, values.length);
  if (type === GGML_TYPE.BF16) {
    // the upper half of a 32-bit float
    const words = new Uint32Array(values.buffer, values.byteOffset, values.length);
    for (let i = 0; i < halves.length; i++) words[i] = (halves[i] as number) << 16;
    return;
  }
  const table = halfTable();
  for (let i = 0; i < halves.length; i++) values[i] = table[halves[i] as number] as number;
}

/** Writes weights as a float type into `out`; returns false for one that the type does not reach. */
export function encodeFloats(type: number, values: Float32Array, out: Uint8Array): boolean {
  if (type === GGML_TYPE.F32) {
    new Float32Array(out.buffer, out.byteOffset, values.length).set(values);
    return true;
  }
  const halves = new Uint16Array(out.buffer, out.byteOffset, values.length);
  if (type === GGML_TYPE.F16) return writeHalves(values, halves);
  const words = new Uint32Array(values.buffer, values.byteOffset, values.length);
  for (let i = 0; i < words.length; i++) halves[i] = toBrain(words[i] as number);
  return true;
}

/** The bits of the exponent, which are all set where a half is not a finite number. */
const BEYOND = 0x7c00;

function writeHalves(values: Float32Array, halves: Uint16Array): boolean {
  let finite = true;
  for (let i = 0; i < values.length; i++) {
    const half = toHalf(values[i] as number);
    halves[i] = half;
    if ((half & BEYOND) === BEYOND) finite = false;
  }
  return finite;
}

/** The upper half of a 32-bit float, rounded to the nearest, ties to even; what is not a number stays none. */
function toBrain(word: number): number {
  if ((word & 0x7fffffff) > 0x7f800000) return (word >>> 16) | 64;
  return (word + 0x7fff + ((word >>> 16) & 1)) >>> 16;
}
